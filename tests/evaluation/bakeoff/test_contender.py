"""What a contender's process tells of itself."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

CHILD = "from pipelines.runtime.memory import peak_mb; print(peak_mb())"


@pytest.mark.skipif(sys.platform != "linux", reason="the counter differs by system")
def test_its_memory_is_its_own_and_not_its_parents() -> None:
    ballast = np.ones(800_000_000, np.uint8)
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True)
    assert 10 < float(done.stdout) < len(ballast) / 1e6 - 100
