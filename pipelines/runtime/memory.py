"""How much memory this process holds, held at most, and may take."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import AssayError

STATUS = Path("/proc/self/status")
MACHINE, CONTAINER = Path("/proc/meminfo"), Path("/sys/fs/cgroup/memory.max")
MOST = "ASSAY_MOST_MEMORY_MB"
"""The environment variable with what `bounded` work may take."""
SHARE = 0.8
"""Of the machine's or the container's memory, where the variable is not set."""


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


def most_mb() -> float | None:
    """What one piece of work may take, MB; None where the system does not tell."""
    text = os.environ.get(MOST, "")
    if text:
        if not text.isdecimal() or not int(text[:9]):
            raise AssayError(f"{MOST} must be a positive whole number, not {text[:20]!r}.")
        return float(text[:9])
    sizes = []
    for line in MACHINE.read_text().splitlines() if MACHINE.exists() else ():
        if line.startswith("MemTotal:"):
            sizes.append(int(line.split()[1]) * 1024 / 1e6)
    if CONTAINER.exists() and (own := CONTAINER.read_text().strip()).isdecimal():
        sizes.append(int(own) / 1e6)
    return SHARE * min(sizes) if sizes else None


@contextmanager
def bounded(what: str) -> Iterator[None]:
    """Have work fail in a sentence, which `what` begins, rather than take all memory.

    Of Linux alone. The system counts what the process asks for, on all its threads: use it in a
    process that does nothing else.
    """
    held, most = _status_mb("VmData:"), most_mb()
    if held is None or most is None:
        yield
        return
    import resource

    before, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = int((held + most) * 1e6)
    allowed = [size for size in (limit, before, hard) if size != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(allowed), hard))
    try:
        yield
    except Exception as error:
        if not _no_memory(error):
            raise
        raise AssayError(
            f"{what} needs more than {most:,.0f} MB of memory; leave out columns or rows, or use "
            f"a machine with more. {MOST} sets another limit."
        ) from error
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, hard))


def _no_memory(error: BaseException) -> bool:
    """Of Python and numpy, of Arrow (a `MemoryError` too), or of DuckDB, which says it in words."""
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException"


def _status_mb(field: str) -> float | None:
    for line in STATUS.read_text().splitlines() if STATUS.exists() else ():
        if line.startswith(field):
            return int(line.split()[1]) * 1024 / 1e6
    return None
