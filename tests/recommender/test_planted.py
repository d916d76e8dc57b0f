"""Arrays that somebody made up: a sentence, and no read outside of memory."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from pipelines.data.split import Protocol, split
from pipelines.errors import AssayError
from pipelines.recommender import fitted as module
from pipelines.recommender.features.builder import FeatureBuilder
from pipelines.recommender.fitted import FittedPipeline
from pipelines.recommender.fitting import fit_pipeline
from pipelines.recommender.pipeline import Pipeline
from pipelines.recommender.spec import Spec
from pipelines.runtime import npy, stored
from pipelines.schema import Interactions, sound
from pipelines.schema.offers import Offers
from pipelines.stages.rankers.trees import Trees
from pipelines.testing.datasets import dataset

LAST = Protocol.parse("last-n:2")
DATA = dataset()
CUT = split(DATA.interactions, LAST)
FAR = 1 << 30
STAGES = {
    "everything": {
        "candidates": [
            {"stage": "popular", "k": 20}, {"stage": "random", "k": 5},
            {"stage": "als", "factors": 8, "k": 20}, {"stage": "ease", "l2": 20, "k": 20},
            {"stage": "ease", "l2": 20, "dense_up_to": 0, "k": 20},
            {"stage": "item-knn", "k": 20}, {"stage": "transitions", "k": 20},
        ],
        "rankers": [{"stage": "linear", "keep": 20}, {"stage": "lambdarank", "trees": 8}],
        "rules": [
            {"stage": "available"}, {"stage": "category-cap"},
            {"stage": "sponsored-slot", "insert": True},
        ],
    },
    "ratings": {
        "candidates": [{"stage": "surprise-svd", "factors": 4, "epochs": 2, "k": 20}],
        "rankers": [{"stage": "rating", "factors": 4, "epochs": 2}],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def pipelines():
    """Each pipeline, fitted, by name."""
    found = {}
    for name, given in STAGES.items():
        spec = Spec.of({"schema": 1, "name": name, **given})
        train = CUT.train
        if name == "ratings":
            weight = (1 + np.arange(len(train)) % 5).astype(np.float32)
            train = Interactions(
                train.user, train.item, weight, train.time, train.n_users, train.n_items
            )
        known = DATA.catalogue.at(CUT.known)
        made = fit_pipeline(Pipeline(spec), train, known, protocol=LAST, seen="exclude")
        now = np.full(len(DATA.users), 10**9, np.int64)
        titles = DATA.catalogue.titles()
        found[name] = FittedPipeline(
            made, train, DATA.users, DATA.catalogue.items, titles, now, 10**9, "exclude", 10
        )
    return found


@pytest.fixture(scope="module")
def states(pipelines):
    """What each pipeline's file holds, by name."""
    return {name: fitted._state() for name, fitted in pipelines.items()}


@pytest.mark.parametrize("name", STAGES)
def test_no_stage_writes_into_arrays_that_pipelines_share(name, pipelines, tmp_path, monkeypatch):
    """Their pages are given back to the system, which would lose what was written."""
    monkeypatch.setattr(stored, "LONG", 0)
    pipelines[name].save(tmp_path / "pipeline.assay", tmp_path / "arrays")
    opened = FittedPipeline.load(tmp_path / "pipeline.assay", tmp_path / "arrays")
    asked = {"users": [str(user) for user in DATA.users.ids[:20]], "k": 10}
    first = opened.recommend(**asked)
    opened.recommend(histories=[[str(item) for item in DATA.catalogue.items.ids[:5]]], k=10)
    assert len(written := written_kb(tmp_path / "arrays")) > 5 and not any(written)
    npy.release()
    pd.testing.assert_frame_equal(opened.recommend(**asked), first)


def written_kb(folder):
    """Of each map of a file in a folder, the size of the pages that this process wrote into."""
    found, inside = [], False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        first = line.split()[0]
        if not first.endswith(":"):
            inside = str(folder) in line
        elif inside and first == "Anonymous:":
            found.append(int(line.split()[1]))
    return found


def changed(value, where, make):
    """A copy of nested values with the one at `where` made another."""
    if not where:
        return make(value)
    first, *rest = where
    if isinstance(value, sp.csr_matrix):
        copy = value.copy()
        copy.data, copy.indices, copy.indptr = (
            changed(part, rest, make) if name == first else part
            for name, part in (("data", value.data), ("indices", value.indices),
                               ("indptr", value.indptr))
        )  # fmt: skip
        return copy
    if isinstance(value, dict):
        return {k: changed(v, rest, make) if k == first else v for k, v in value.items()}
    parts = [changed(v, rest, make) if n == first else v for n, v in enumerate(value)]
    return type(value)(parts)


def far(values):
    """The last number far outside of any array."""
    other = np.array(values)
    other.reshape(-1)[-1] = FAR
    return other


def falling(indptr):
    other = np.array(indptr)
    other[1:-1] = FAR
    return other


def shorter(values):
    return np.ascontiguousarray(values[:-1])


def other_kind(values):
    return values.astype(np.float64 if values.dtype == np.float32 else np.float32)


def tree(feature=0, left=-1):
    """The text of a tree with one split."""
    return (
        f"\nTree=0\nleaf_value=1 2\nthreshold=0\nsplit_feature={feature}\ndecision_type=2\n"
        f"left_child={left}\nright_child=-2\n\n"
    )


def back(_):
    """The split leads to itself."""
    return tree(left=0)


def wide(_):
    """The split asks for a feature far away."""
    return tree(feature=FAR)


def stage(number, *rest):
    return ("pipeline", "stages", number, *rest)


MADE_UP = [
    *(("everything", stage(n, "known_"), shorter) for n in (0, 1, 2, 3, 4, 5, 6)),
    ("everything", stage(0, "scores_"), shorter),
    ("everything", stage(2, "items_"), shorter),
    ("everything", stage(2, "gram_"), shorter),
    ("everything", stage(2, "items_"), other_kind),
    *(("everything", stage(n, "modeled_"), far) for n in (3, 4)),
    ("everything", stage(3, "weights_"), shorter),
    *(
        ("everything", stage(n, name, part), make)
        for n, name in ((4, "weights_"), (5, "similarity_"), (6, "steps_"))
        for part, make in (
            ("indices", far), ("indptr", falling), ("indices", np.negative), ("data", shorter)
        )
    ),
    ("everything", stage(7, "center_"), shorter),
    ("everything", stage(8, "model_"), back),
    ("everything", stage(8, "model_"), lambda _: "\nTree=0\nleaf_value=1 2 3\n\n"),
    ("everything", stage(9, "allowed_"), shorter),
    ("everything", stage(10, "categories_"), far),
    ("everything", stage(10, "pointers_"), falling),
    ("everything", stage(11, "popularity_"), shorter),
    ("everything", stage(11, "insertable_"), shorter),
    ("everything", ("pipeline", "fallback", "scores_"), shorter),
    ("everything", ("pipeline", "features", "near_items_"), far),
    ("everything", ("pipeline", "features", "near_indptr_"), falling),
    ("everything", ("pipeline", "features", "categories_", "values"), far),
    ("everything", ("pipeline", "features", "popularity_"), shorter),
    ("everything", ("train", "item"), far),
    ("everything", ("train", "user"), falling),
    ("everything", ("train", "n_items"), lambda n: n + 1),
    ("everything", ("now",), shorter),
    ("ratings", stage(0, "factors_", "users"), shorter),
    ("ratings", stage(0, "factors_", "item_bias"), shorter),
    ("ratings", stage(1, "factors_", "items"), shorter),
    ("ratings", stage(1, "factors_", "user_bias"), lambda values: values[:0]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "where", "make"), MADE_UP)
def test_made_up_arrays_are_refused_in_a_sentence(name, where, make, states, tmp_path):
    file, pool = tmp_path / "pipeline.assay", module._pool(tmp_path / "pipeline.assay", None)
    module.storage.save(states[name], file, pool)
    assert len(FittedPipeline.load(file).recommend(users=[str(DATA.users.ids[0])], k=3))
    module.storage.save(changed(states[name], where, make), file, pool)
    with pytest.raises(AssayError, match=r"cannot be loaded: .*\. Run the bake-off again\.$"):
        FittedPipeline.load(file)


ASK = """
import sys
from pathlib import Path
from pipelines.errors import AssayError
from pipelines.recommender.fitted import FittedPipeline
try:
    found = FittedPipeline.load(Path(sys.argv[1]))
    found.recommend(histories=[[str(i) for i in found.items.ids[:5]]], k=3)
except AssayError as error:
    print(error)
"""


def test_a_process_that_opens_one_lives(states, tmp_path):
    """Without the checks it reads outside of its memory, and dies or answers nonsense."""
    for number, (where, make) in enumerate(
        [(stage(5, "similarity_", "indices"), far), (stage(8, "model_"), wide)]
    ):
        file = tmp_path / str(number) / "pipeline.assay"
        file.parent.mkdir()
        given = changed(states["everything"], where, make)
        module.storage.save(given, file, module._pool(file, None))
        done = subprocess.run(
            [sys.executable, "-c", ASK, str(file)], capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert "again" in done.stdout and done.stdout.count("\n") == 1


def test_the_features_of_offers_are_checked_too():
    n = DATA.catalogue.n_items
    offers = Offers.build([0, 1], [0, 0], [10, 10], [0, 0])
    from dataclasses import replace

    known = replace(DATA.catalogue.at(CUT.known), offers=offers)
    found = FeatureBuilder().fit(CUT.train, known)
    found.check(n)
    (shop,) = [part for part in found.shop_ if part.kind == "offers"]
    shop.spans_ = replace(shop.spans_, indptr=falling(shop.spans_.indptr))
    with pytest.raises(ValueError, match=r"does not rise|outside"):
        found.check(n)


def test_trees_of_one_leaf_and_of_none_are_sound():
    assert Trees.of("").n_features == 0
    assert Trees.of(tree(feature=6)).n_features == 7
    for made_up in (tree(left=-2), tree(left=0), tree(feature=-1), tree(left=5)):
        with pytest.raises(ValueError, match="a tree"):
            Trees.of(made_up)


@pytest.mark.parametrize(
    ("indptr", "rows"),
    [([0, 2, 1, 3], 3), ([1, 2, 3], 2), ([0, 1, 2], 2), ([0, 1, 3], 3), ([], 0), ([0, -1, 3], 2)],
)
def test_pointers_rise_from_zero_to_the_end(indptr, rows):
    sound.pointers("p", np.array([0, 1, 3]), 2, 3)
    with pytest.raises(ValueError, match=r"^p "):
        sound.pointers("p", np.array(indptr, np.int64), rows, 3)
