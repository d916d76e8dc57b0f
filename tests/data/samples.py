"""Both samples for a test's parameter; the large one belongs to the long tests."""

from __future__ import annotations

import pytest

from pipelines.data.samples import SAMPLES

LARGE = "complete-journey"
ITS_MARKS = [pytest.mark.long, pytest.mark.xdist_group(LARGE)]
EACH_SAMPLE = [pytest.param(name, marks=ITS_MARKS) if name == LARGE else name for name in SAMPLES]
