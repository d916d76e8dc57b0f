"""A small dataset, its split and task, and vendors on loopback whose answers a test writes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.adapters.contract import Task
from pipelines.data.dataset import Dataset
from pipelines.data.split import Split, split
from pipelines.testing.adapter_data import task_of, world
from pipelines.testing.vendor import Answer, Received, Vendor

ARN = "arn:aws:personalize:eu-west-1:123456789012:campaign/test"


@pytest.fixture
def dataset() -> Dataset:
    return world()


@pytest.fixture
def cut(dataset: Dataset) -> Split:
    return split(dataset.interactions, "time:0.7")


@pytest.fixture
def task(dataset: Dataset, cut: Split, tmp_path: Path) -> Task:
    return task_of(dataset, cut, tmp_path / "contender")


@pytest.fixture
def vendor() -> Iterator[Callable[[Callable[[Received], Answer]], Vendor]]:
    """Starts vendors; they end with the test."""
    started: list[Vendor] = []

    def start(respond: Callable[[Received], Answer]) -> Vendor:
        started.append(Vendor(respond))
        return started[-1]

    yield start
    for one in started:
        one.close()
