"""Behavioral tests of a package of one's own: the one in docs/behavior.md, and broken ones."""

import json
import re
import tomllib

import pytest

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.behavior import names
from pipelines.evaluation.behavior.observe import verdicts
from pipelines.evaluation.behavior.requirements import all_tests, requirable, requirements
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.runtime import paths
from pipelines.testing.datasets import dataset
from tests.evaluation.behavior.scene import answer, background
from tests.installed import outside_package

BROKEN = """
import datetime
import numpy as np
from pipelines.evaluation.behavior.contract import BehaviorTest


class Numpy(BehaviorTest):
    name, title, question, formula, unit, rationale = "numpy", "Numpy's numbers", "?", "f", "u", "w"
    passes, default = "{percent} or more", 0.5

    def run(self, answer):
        shown = {"item": np.int32(3), "list": np.arange(2), "when": datetime.date(2026, 11, 22)}
        return self.result(np.float32(0.5), "Said.", passed=np.bool_(True), examples=[shown])


class Raises(Numpy):
    name = "raises"

    def run(self, answer):
        raise FileNotFoundError("gone: caf\\udce9")


class NotANumber(Numpy):
    name = "notanumber"

    def run(self, answer):
        return self.result(float("nan"), "Said.", passed=False)


class Unwritable(Numpy):
    name = "unwritable"

    def run(self, answer):
        return self.result(0.5, "Said.", passed=True, examples=[{"who": object()}])


class HalfCharacter(Numpy):
    name = "halfcharacter"

    def run(self, answer):
        return self.result(0.5, "caf\\udce9", passed=True)


class Nothing(Numpy):
    name = "nothing"

    def run(self, answer):
        return 0.5


class Impostor(Numpy):
    name = "impostor"

    def run(self, answer):
        return self.result(0.5, "Said.").model_copy(update={"name": "one-item"})


class Renamed(Numpy):
    name = "other"


class Silent(BehaviorTest):
    name, question, formula, rationale = "silent", "?", "f", "w"
    title = " "

    def run(self, answer):
        raise KeyError("unit")


class Abstract(BehaviorTest):
    name, title, question, formula, unit, rationale = "abstract", "Abstract", "?", "f", "u", "w"


class Worded(Numpy):
    name = "worded"
    passes = "{share} or more"


class Text(Numpy):
    name = "text"
    default = "0.5"


class Open(Numpy):
    name = "open"
    limits = None


class Unready(Numpy):
    name = "unready"

    def __init__(self, threshold=None):
        if threshold:
            raise ValueError("no threshold but mine")
        super().__init__(threshold)


def function(answer):
    return None
"""
AT_RUN = {
    "raises": "The test raised an error: FileNotFoundError: gone: caf?.",
    "notanumber": "The test raised an error: ValueError: its value is nan.",
    "unwritable": "The test raised an error: PydanticSerializationError: ",
    "halfcharacter": "The test raised an error: PydanticSerializationError: ",
    "nothing": "The test raised an error: TypeError: it returned float instead of a result.",
    "impostor": "The test raised an error: ValueError: it returned the result of one-item.",
}
AT_LOAD = {
    "renamed": "has the name other in its class",
    "silent": "has no text in its title, unit",
    "abstract": "cannot be created: TypeError: Can't instantiate abstract class",
    "worded": "cannot be created: KeyError: 'share'",
    "text": "`default` must be None or a number, not '0.5'",
    "open": "`limits` must be two numbers, the lower first, not None",
    "function": "is not a subclass of BehaviorTest",
    "missing": "cannot be loaded: ModuleNotFoundError",
}
CLASSES = {"notanumber": "NotANumber", "halfcharacter": "HalfCharacter", "missing": "Missing"}
WORLD = background([[r % 7, 9, 11] for r in range(12)])


def block(language: str) -> str:
    text = (paths.CHECKOUT / "docs" / "behavior.md").read_text()
    found = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.fixture
def installed(tmp_path):
    """A package with the docs' behavioral test and broken ones."""
    told = tomllib.loads(block("toml"))["project"]["entry-points"]["assay.behavior"]
    for name in ("numpy", "unready", *AT_RUN, *AT_LOAD):
        told[name] = f"my_package.broken:{CLASSES.get(name, name.title())}"
    told |= {"function": "my_package.broken:function", "missing": "my_package.gone:Gone"}
    modules = {"my_behavior/full.py": block("python"), "my_package/broken.py": BROKEN}
    with outside_package(tmp_path / "site", "assay.behavior", told, modules):
        yield


def test_a_bakeoff_ends_whatever_a_persons_own_tests_do(installed, tmp_path):
    data = dataset()
    asked = {"dataset": data.name, "split": "last-n:2", "k": 5, "metric": "ndcg@5"}
    asked["required"] = ["full-lists", "numpy=0.4", "raises"]
    folder = tmp_path / "b"
    document = run_bakeoff(data, BakeoffRequest.of(asked), folder, tmp_path / "stages", "b")
    assert BakeoffDocument.model_validate_json((folder / "document.json").read_text()) == document
    for name, reason in AT_LOAD.items():
        (note,) = [note for note in document.notes if f"behavioral test {name} " in note]
        assert reason in note and note.endswith(". It is left out.")
    for contender in document.contenders:
        found = {one.name: one for one in contender.behavior}
        assert set(found) == {*registry.BUILT_IN["behavior"], "full-lists", "numpy", "unready",
                              *AT_RUN}  # fmt: skip
        assert found["full-lists"].state == "pass"
        assert (found["numpy"].state, found["numpy"].threshold) == ("pass", 0.4)
        shown = {"item": 3, "list": [0, 1], "when": "2026-11-22"}
        assert found["numpy"].examples == [shown]
        for name, reason in AT_RUN.items():
            assert found[name].state == "not run" and found[name].reason.startswith(reason), name
        assert contender.failed_required == [
            f"Fails the required test raises: Not run: {AT_RUN['raises']}"
        ]
    kept = json.loads((folder / "document.json").read_text())
    assert kept["notes"] == document.notes


def test_what_can_be_required_is_told_beside_broken_ones(installed):
    assert {"full-lists", "numpy", "one-item"} <= set(requirable())
    assert not {*AT_LOAD} & set(requirable())
    with pytest.raises(AssayError, match=r"require one of similar-users, .*full-lists"):
        requirements(["none-such"])
    for name, reason in AT_LOAD.items():
        with pytest.raises(AssayError, match=re.escape(reason)):
            requirements([name])
        with pytest.raises(AssayError, match=re.escape(reason)):
            names.load(name)
    with pytest.raises(AssayError, match="unready cannot be created: ValueError: no threshold but"):
        requirements(["unready=0.4"])


def test_a_verdict_of_a_test_that_ships_is_told_as_it_was(installed):
    lists = [[0, 1, 2, 3, 4]] * len(WORLD)
    ships = [test for test in all_tests() if test.name == "one-item"]
    (found,) = verdicts(answer(WORLD, lists), ships)
    assert found == ships[0].run(answer(WORLD, lists))


def test_two_packages_with_a_test_of_one_name_are_asked_once(monkeypatch):
    class Entry:
        name = "mine"

    with monkeypatch.context() as patched:
        patched.setattr(registry, "entry_points", lambda group: [Entry(), Entry()])
        registry.names.cache_clear()
        assert registry.names("behavior").count("mine") == 1
    registry.names.cache_clear()
