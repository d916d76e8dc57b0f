"""`make bench`: each benchmark beside a peer, in one run on this machine.

Peers want other versions of numpy and pandas, so they live in `benchmarks/.venv`, made on
the first run from `benchmarks/requirements.txt`. Name benchmarks to run only those:
`python -m benchmarks metrics`.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE / ".venv"


def peer_python() -> Path:
    """The interpreter of the peers' environment, which is made where it is missing."""
    python = PEERS / "bin" / "python"
    if not python.exists():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([str(uv), "venv", "--quiet", str(PEERS)], check=True)
        requirements = str(HERE / "requirements.txt")
        install = [
            str(uv),
            "pip",
            "install",
            "--quiet",
            "--compile-bytecode",
            "--python",
            str(python),
        ]
        subprocess.run([*install, "-r", requirements], check=True)
    return python


def main(names: list[str]) -> int:
    from benchmarks import (
        bakeoff,
        compare,
        data,
        figures,
        intervals,
        luck,
        memory,
        metrics,
        refits,
        requests,
        selftest,
        shipped,
        start,
        tuning,
        visitors,
        windows,
    )

    known: dict[str, Callable[[Path], None]] = {
        "metrics": metrics.run,
        "intervals": intervals.run,
        "data": data.run,
        "bakeoff": bakeoff.run,
        "compare": compare.run,
        "start": start.run,
        "tuning": tuning.run,
        "requests": requests.run,
        "refits": refits.run,
        "windows": windows.run,
        "figures": figures.run,
        "shipped": shipped.run,
        "luck": luck.run,
        "selftest": selftest.run,
        "memory": memory.run,
        "visitors": visitors.run,
    }
    wrong = [name for name in names if name not in known]
    if wrong:
        print(f"There is no benchmark {wrong[0]!r}; there are {', '.join(known)}.", file=sys.stderr)
        return 2
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name in names or known:
        print(f"\n== {name}")
        known[name](peer_python())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
