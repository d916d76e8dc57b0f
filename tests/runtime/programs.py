"""What the tests of the fork server run in processes: each is called as `main(arguments)`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path


def main(arguments: list[str]) -> int:
    do, *rest = arguments
    match do:
        case "tell":
            import numpy
            from threadpoolctl import threadpool_info

            told = {
                "arguments": rest,
                "environment": dict(os.environ),
                "folder": str(Path.cwd()),
                "path": sys.path[0],
                "argv": sys.argv[1:],
                "drawn": float(numpy.random.random()),  # noqa: NPY002, the generator that is shared
                "blas": sorted(
                    p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"
                ),
                "group": os.getpgrp() == os.getpid(),
                "session": os.getsid(0) == os.getpid(),
            }
            print(json.dumps(told))
        case "exit":
            sys.exit(int(rest[0]))
        case "break":
            raise KeyError("a defect")
        case "signal":
            os.kill(os.getpid(), int(rest[0]))
        case "wait":
            print(os.getpid(), flush=True)
            signal.pause()
        case "with-child":
            child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
            print(child.pid, flush=True)
            signal.pause()
        case "read":
            print(sys.stdin.read() == "", len(threading.enumerate()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
