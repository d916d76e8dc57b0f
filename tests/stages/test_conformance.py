"""Every stage that ships is tested for conformance."""

from __future__ import annotations

import importlib.util
import inspect
from pathlib import Path
from types import ModuleType

import pytest

from pipelines.registry import BUILT_IN, Kind, lookup
from pipelines.testing import CandidateGeneratorTests, RankerTests, RuleTests, StageTests

BASES: dict[Kind, type[StageTests]] = {
    "candidates": CandidateGeneratorTests,
    "rankers": RankerTests,
    "rules": RuleTests,
}


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"conformance_of_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", list(BASES))
def test_every_stage_that_ships_is_tested(kind: Kind) -> None:
    tested = set()
    for path in sorted((Path(__file__).parent / kind).glob("test_*.py")):
        for name, value in inspect.getmembers(load(path), inspect.isclass):
            if name.startswith("Test") and issubclass(value, BASES[kind]):
                tested.add(value.stage.name)
    assert set(BUILT_IN[kind]) <= tested


@pytest.mark.parametrize("kind", list(BASES))
def test_stages_are_called_what_the_registry_calls_them(kind: Kind) -> None:
    assert all(lookup(kind, name).name == name for name in BUILT_IN[kind])
