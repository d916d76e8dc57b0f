import importlib
import os
import subprocess
import sys

import pytest

from pipelines.data.split import Protocol, split
from pipelines.recommender.fitting import fit_pipeline
from pipelines.recommender.pipeline import Pipeline
from pipelines.recommender.spec import Spec
from pipelines.recommender.stage_store import StageStore
from pipelines.runtime import memory
from pipelines.testing.datasets import TWO_STAGE, dataset

LAST = Protocol.parse("last-n:2")
DATA = dataset()
CUT = split(DATA.interactions, LAST)
KNOWN = DATA.catalogue.at(CUT.known)
POPULAR = {"schema": 1, "name": "p", "candidates": [{"stage": "popular"}]}


def fitted(document, store):
    return fit_pipeline(
        Pipeline(Spec.of(document)), CUT.train, KNOWN, protocol=LAST, seen="exclude", store=store
    )


def lists(pipeline):
    slate = pipeline.recommend(CUT.queries, 5)
    return slate.items.tobytes(), slate.scores.tobytes()


def ranker_seconds(pipeline):
    """They are equal only if the rankers are of one fit."""
    names = [f"{ranker.name} {n}" for n, ranker in enumerate(pipeline.rankers, 1)]
    assert names
    return [pipeline.fit_seconds[name] for name in names]


def test_what_two_contenders_share_is_fitted_once_and_charged_twice(tmp_path):
    store = StageStore(tmp_path, "key")
    first, second = (fitted(TWO_STAGE, store) for _ in range(2))
    shared = {name for name in first.fit_seconds if name != "features (outer)"}
    assert {"ease (inner)", "ease (outer)", "features (inner)"} <= shared
    assert {n: first.fit_seconds[n] for n in shared} == {n: second.fit_seconds[n] for n in shared}
    assert set(first.fit_seconds) == set(second.fit_seconds)
    assert len(list(tmp_path.iterdir())) == 7  # three generators, two windows; the rankers
    assert lists(first) == lists(second) == lists(fitted(TWO_STAGE, None))


def test_other_data_is_fitted_anew(tmp_path):
    for key in ("key", "other"):
        fitted(POPULAR, StageStore(tmp_path, key))
    assert len(list(tmp_path.iterdir())) == 2


def test_rules_do_not_change_what_rankers_learn(tmp_path):
    store = StageStore(tmp_path, "key")
    plain = fitted(TWO_STAGE, store)
    ruled = fitted(TWO_STAGE | {"rules": [{"stage": "category-cap", "cap": 1}]}, store)
    assert ranker_seconds(ruled) == ranker_seconds(plain)


def more_candidates(document):
    first, *others = document["candidates"]
    return document | {"candidates": [first | {"k": first["k"] + 1}, *others]}


def fewer_kept(document):
    first, *others = document["rankers"]
    return document | {"rankers": [first | {"keep": 7}, *others]}


def one_generator_less(document):
    return document | {"candidates": document["candidates"][:-1]}


@pytest.mark.parametrize("change", [more_candidates, fewer_kept, one_generator_less])
def test_rankers_of_other_candidates_are_fitted_anew(change, tmp_path):
    store = StageStore(tmp_path, "key")
    plain = fitted(TWO_STAGE, store)
    changed = change(TWO_STAGE)
    other = fitted(changed, store)
    assert ranker_seconds(other) != ranker_seconds(plain)
    assert lists(other) == lists(fitted(changed, None))


@pytest.fixture
def fitted_in_much_memory(tmp_path, monkeypatch):
    """A store whose stages were fitted by `TWO_STAGE`, in a process that held 50 GB."""
    store = StageStore(tmp_path, "key")
    with monkeypatch.context() as patch:
        patch.setattr(memory, "peak_mb", lambda: 50_000.0)
        fitted(TWO_STAGE, store)
    return store


def test_the_memory_of_shared_rankers_is_charged_too(fitted_in_much_memory):
    assert fitted(TWO_STAGE, fitted_in_much_memory).fit_peak_mb == 50_000.0


def test_a_generator_is_not_charged_the_memory_of_another_contender(fitted_in_much_memory):
    """What a process held when it fitted this stage among others depends on the others."""
    for block in TWO_STAGE["candidates"]:
        alone = {"schema": 1, "name": "alone", "candidates": [block]}
        assert fitted(alone, fitted_in_much_memory).fit_peak_mb == 0.0


def test_a_stage_whose_source_has_changed_is_fitted_anew(tmp_path, monkeypatch):
    store = StageStore(tmp_path / "stages", "key")
    folder = tmp_path / "package"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    for k in (1, 2):
        source = "from pipelines.stages.candidates.popular import Popular\n\n\n"
        (folder / "own_stage.py").write_text(f"{source}class Own(Popular):\n    factor = {k}\n")
        sys.modules.pop("own_stage", None)
        importlib.invalidate_caches()
        own = importlib.import_module("own_stage").Own()
        assert store.generator(own, CUT.train, KNOWN, "outer", "own").fitted.factor == k
    sys.modules.pop("own_stage", None)
    assert len(list(store.folder.iterdir())) == 2


def test_the_store_keeps_the_newest_and_clears_what_was_never_finished(tmp_path):
    store = StageStore(tmp_path, "key")
    fitted(POPULAR, store)
    (kept,) = tmp_path.iterdir()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / f".ease-1.assay.{ended.pid}.part"
    written = tmp_path / f".ease-2.assay.{os.getpid()}.part"
    for part in (left, written):
        part.write_bytes(b"half")
        os.utime(part, (0, 0))  # a laptop slept: age says nothing
    store.drop_older(4000)
    assert set(tmp_path.iterdir()) == {kept, written}
    store.drop_older(0)
    assert set(tmp_path.iterdir()) == {written}


def flipped(data):
    return data[:200] + bytes([data[200] ^ 1]) + data[201:]


@pytest.mark.parametrize(
    "damage", [lambda data: b"", lambda data: data[:-1], flipped, lambda data: b"x" * 500]
)
def test_a_damaged_file_is_fitted_again_and_replaced(damage, tmp_path, caplog):
    store = StageStore(tmp_path, "key")
    wanted = lists(fitted(POPULAR, store))
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert lists(fitted(POPULAR, store)) == wanted
    assert "cannot be used and is fitted again" in caplog.text
    caplog.clear()
    again = fitted(POPULAR, store)
    assert lists(again) == wanted and caplog.text == ""
    assert list(tmp_path.iterdir()) == [file]


def test_a_store_that_cannot_be_written_stops_nothing(tmp_path, caplog):
    (tmp_path / "stages").write_text("a file")
    wanted = lists(fitted(POPULAR, None))
    assert lists(fitted(POPULAR, StageStore(tmp_path / "stages", "key"))) == wanted
    assert "cannot be stored" in caplog.text
