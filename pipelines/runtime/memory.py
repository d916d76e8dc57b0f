"""How much memory this process holds, and held at most."""

from __future__ import annotations

import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_mb() -> float:
    """The largest resident memory of this process so far, MB.

    On Linux from /proc: `ru_maxrss` starts there at what the parent process held.
    """
    peak = _status_mb("VmHWM:")
    if peak is not None:
        return peak
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def resident_mb() -> float | None:
    """The resident memory of this process now, MB; None where the system does not tell."""
    return _status_mb("VmRSS:")


def _status_mb(field: str) -> float | None:
    for line in STATUS.read_text().splitlines() if STATUS.exists() else ():
        if line.startswith(field):
            return int(line.split()[1]) * 1024 / 1e6
    return None
