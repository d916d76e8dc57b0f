"""Both samples for a test's parameter; the large one belongs to the long tests."""

from __future__ import annotations

import pytest

from pipelines.data.samples import SAMPLES

LARGE = "complete-journey"
EACH_SAMPLE = [
    pytest.param(name, marks=pytest.mark.long) if name == LARGE else name for name in SAMPLES
]
