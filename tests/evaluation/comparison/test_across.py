"""Results are compared across bake-offs where both answered one manifest, and only there."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.evaluation.comparison.across import compare_across, differing, require_same
from pipelines.evaluation.comparison.comparison import compare
from pipelines.evaluation.manifest.manifest import Budget, Manifest
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.evaluation.results.finished import Finished
from pipelines.statistics.interval import Interval
from pipelines.testing.datasets import dataset
from tests.evaluation.manifest.test_manifest import FIELDS, OTHER

N = 100
ONE = Manifest(**FIELDS)


def other(**changes: Any) -> Manifest:
    return Manifest(**{**FIELDS, **changes})


def write(
    folder: Path,
    values: dict[str, np.ndarray],
    manifest: Manifest = ONE,
    users: list[str] | None = None,
    **changes: Any,
) -> Finished:
    """A bake-off's folder with values of `ndcg@10` per contender; `broken` was not scored."""
    results = [
        ContenderResult(
            name=name, title=name, kind="built", status="scored",
            metrics={"ndcg@10": Interval(value=float(v.mean()), low=0, high=1)},
            over_budget=["p95 60 ms, allowed 50 ms"] if name == "slow" else [],
        )
        for name, v in values.items()
    ]  # fmt: skip
    broken = ContenderResult(
        name="broken", title="Broken", kind="built", status="failed", reason="It broke: KeyError."
    )
    document = BakeoffDocument(
        id=folder.name,
        dataset="shop",
        created="2026-11-20T10:00:00+00:00",
        manifest=manifest.document() | {"truths": 7, **changes},
        contenders=[*results, broken],
        comparisons=[],
    )
    for name, v in values.items():
        here = folder / "contenders" / name
        here.mkdir(parents=True)
        ids = users or [f"u{i}" for i in range(len(v))]
        frame = pd.DataFrame({"user_id": ids, "ndcg@10": v, "recall@10": v / 2})
        frame.to_parquet(here / "per_user.parquet", index=False)
    (folder / "document.json").write_text(document.model_dump_json())
    return Finished.open(folder)


def draws(seed: int, gain: float = 0.0) -> np.ndarray:
    return np.clip(np.random.default_rng(seed).random(N) * 0.5 + gain, 0, 1)


@pytest.mark.parametrize("name", sorted(OTHER))
def test_every_field_is_named_where_it_differs(name: str) -> None:
    found = differing(ONE, other(**{name: OTHER[name]}))
    assert [d.name for d in found] == ["budget.p95_ms" if name == "budget" else name]
    assert found[0].description.startswith(f"{found[0].name} is ")
    assert found[0].description.count(" in A") == found[0].description.count(" in B") == 1
    with pytest.raises(
        AssayError, match=rf"different manifests: {name}.* Run both with the same \w+"
    ):
        require_same(ONE, other(**{name: OTHER[name]}))


def test_manifests_with_one_hash_do_not_differ() -> None:
    same = other(ks=[5, 10, 20], budget={"p95_ms": 50})
    assert differing(ONE, same) == []
    require_same(ONE, same)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"split": "last-n:5"},
            "split is time:0.9 in A and last-n:5 in B. Run both with the same split.",
        ),
        (
            {"split": "last-n:5", "cutoff": None, "users": 80, "users_hash": "12" * 32},
            "split is time:0.9 in A and last-n:5 in B (cutoff, users and users_hash follow from "
            "it). Run both with the same split.",
        ),
        (
            {"k": 20, "metric": "ndcg@20"},
            "k is 10 in A and 20 in B; metric is ndcg@10 in A and ndcg@20 in B. "
            "Run both with the same k and declared metric.",
        ),
        (
            {"users": 80, "users_hash": "12" * 32},
            "users is 100 in A and 80 in B; users_hash is cdcdcdcdcdcd… in A and 121212121212… "
            "in B. Run both with the same users (--eval-users and --seed).",
        ),
        (
            {"budget": Budget(peak_mb=900)},
            "budget.p95_ms is 50.0 in A and none in B; budget.peak_mb is none in A and 900.0 in "
            "B. Run both with the same budget.",
        ),
        (
            {"rules": ({"stage": "cap", "most": 3}, {"stage": "é"})},
            'rules is {"stage": "cap", "most": 3} in A and {"stage": "cap", "most": 3}, '
            '{"stage": "é"} in B. Run both with the same rules.',
        ),
        (
            {"ks": (5,), "rules": ()},
            'ks is 5, 10, 20 in A and 5 in B; rules is {"stage": "cap", "most": 3} in A and none '
            "in B. Run both with the same depths and rules.",
        ),
        (
            {"metric_definitions": 1},
            "metric_definitions is 2 in A and 1 in B. Run both with the same version of Assay.",
        ),
    ],
)
def test_the_refusal_says_what_differs_and_what_to_do(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(AssayError) as refused:
        require_same(ONE, other(**changes))
    told = str(refused.value)
    assert told == f"These two bake-offs have different manifests: {says}"


def test_the_difference_is_paired_by_user_whatever_their_order(tmp_path: Path) -> None:
    base = draws(1)
    gain = base + np.random.default_rng(2).normal(0.05, 0.01, N)
    order = np.random.default_rng(3).permutation(N)
    a = write(tmp_path / "a", {"als": gain})
    b = write(tmp_path / "b", {"als": base[order]}, users=[f"u{i}" for i in order])
    found = compare_across(a, "als", b, "als")
    assert (found.contender, found.baseline, found.metric) == ("als in a", "als in b", "ndcg@10")
    assert found.difference == pytest.approx((gain - base).mean())
    assert found.outcome == "better"
    assert found.high - found.low < 0.01  # unpaired it would be ten times as wide
    assert found.smallest_useful == pytest.approx(0.02 * base.mean())
    assert found.sentence.startswith("als in a beats als in b by 0.0499 NDCG@10 (95% ")
    back = compare_across(b, "als", a, "als")
    assert back.outcome == "worse" and back.difference == pytest.approx(-found.difference)


def test_another_metric_and_what_is_over_budget(tmp_path: Path) -> None:
    a = write(tmp_path / "a", {"slow": draws(1, 0.2), "als": draws(1)})
    found = compare_across(a, "slow", a, "als", "recall@10")
    assert (found.contender, found.baseline, found.metric) == ("slow", "als", "recall@10")
    assert found.over_budget and "over budget" in found.sentence


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    a, b = write(tmp_path / "a", {"als": draws(1)}), write(tmp_path / "b", {"als": draws(2)})
    for contender, against, metric, says in (
        (
            "nobody",
            "als",
            None,
            "'nobody' is not a contender of bake-off a; use one of als, b",
        ),
        ("als", "nobody", None, "'nobody' is not a contender of bake-off b"),
        ("../als", "als", None, "is not a contender"),
        ("broken", "als", None, "broken is failed in bake-off a.*: It broke: KeyError"),
        ("als", "broken", None, "broken is failed in bake-off b"),
        ("als", "als", "ndcg@7", "'ndcg@7' has no per-user values for als.*ndcg@10, recall@10"),
    ):
        with pytest.raises(AssayError, match=says):
            compare_across(a, contender, b, against, metric)
    with pytest.raises(AssayError, match="cannot be compared with itself"):
        compare_across(a, "als", a, "als")
    (a.folder.path / "contenders" / "als" / "per_user.parquet").unlink()
    with pytest.raises(AssayError, match=r"per_user\.parquet was deleted or never written"):
        compare_across(Finished.open(a.folder.path), "als", b, "als")
    for path in (tmp_path, tmp_path / "nothing", tmp_path / "nothing" / "document.json"):
        with pytest.raises(AssayError, match="There is no bake-off in"):
            Finished.open(path)
    (tmp_path / "document.json").write_text("{}")
    with pytest.raises(AssayError, match="cannot be read"):
        Finished.open(tmp_path)
    assert Finished.open(b.folder.path / "document.json").id == "b"


def test_another_manifest_and_a_changed_one_are_refused(tmp_path: Path) -> None:
    a = write(tmp_path / "a", {"als": draws(1)})
    b = write(tmp_path / "b", {"als": draws(2)}, other(split="last-n:5"))
    with pytest.raises(AssayError, match=r"split is time:0\.9 in a and last-n:5 in b"):
        compare_across(a, "als", b, "als")
    # Pretending to have answered the same does not help.
    c = write(tmp_path / "c", {"als": draws(2)}, other(split="last-n:5"), split="time:0.9")
    with pytest.raises(AssayError, match="Bake-off c: The stored manifest does not match"):
        compare_across(a, "als", c, "als")
    d = write(tmp_path / "d", {"als": draws(2)}, other(split="last-n:5"), hash=ONE.hash)
    with pytest.raises(AssayError, match="Bake-off d: The stored manifest does not match"):
        compare_across(a, "als", d, "als")


def test_missing_users_are_refused(tmp_path: Path) -> None:
    a = write(tmp_path / "a", {"als": draws(1)})
    fewer = write(tmp_path / "b", {"als": draws(2)[:98]})
    with pytest.raises(
        AssayError, match=r"Bake-off b has values of als for 98 users, but its manifest has 100;"
    ):
        compare_across(a, "als", fewer, "als")
    ids = [f"u{i}" for i in range(N)]
    twice = write(tmp_path / "c", {"als": draws(2)}, users=[*ids[:-1], "u0"])
    with pytest.raises(AssayError, match="has values of als for 99 users"):
        compare_across(a, "als", twice, "als")
    strangers = write(tmp_path / "d", {"als": draws(2)}, users=[*ids[:-2], "x", "y"])
    with pytest.raises(
        AssayError, match=r"Bake-off d lacks values for 2 of the 100 users .* bake-off a"
    ):
        compare_across(a, "als", strangers, "als")


def test_real_bakeoffs(tmp_path: Path) -> None:
    data = dataset()

    def run(id: str, specs: list[str], split: str = "last-n:2") -> Finished:
        request = BakeoffRequest.of(
            {"dataset": data.name, "specs": specs, "split": split, "refits": 1}
        )
        run_bakeoff(data, request, tmp_path / id, tmp_path / "stages", id)
        return Finished.open(tmp_path / id)

    a, b, c = run("a", ["ease-recent"]), run("b", []), run("c", [], "last-n:3")
    ease, popular = (a.folder.values(name, "ndcg@10") for name in ("ease-recent", "popular"))
    here = compare_across(a, "ease-recent", a, "popular")
    assert here == compare("ease-recent", "popular", "ndcg@10", ease, popular, 0.02)
    told = next(x for x in a.document.comparisons if x.contender == "ease-recent")
    assert (here.difference, here.smallest_useful) == (told.difference, told.smallest_useful)
    drawn = compare_across(a, "ease-recent", b, "random")
    assert drawn.drawn_once == "fit" and "This is for one fit only" in drawn.sentence
    there = compare_across(a, "ease-recent", b, "popular")
    assert (there.difference, there.low, there.high) == (here.difference, here.low, here.high)
    with pytest.raises(AssayError, match=r"split is last-n:2 in a and last-n:3 in c"):
        compare_across(a, "ease-recent", c, "popular")
