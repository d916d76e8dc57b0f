"""The same 2,000 random users as the peers' own packages, each to 1e-9; recipes in fixtures/."""

import numpy as np
import pytest

from pipelines.evaluation.metrics.accuracy import per_user
from pipelines.evaluation.metrics.evaluate import evaluate
from pipelines.evaluation.metrics.names import MAIN
from pipelines.evaluation.metrics.ranking import AUC, GradedNDCG, graded
from pipelines.reading.lists import GroundTruth, Lists, filled_mean
from pipelines.runtime import paths
from pipelines.schema import Ragged
from pipelines.statistics.interval import Interval
from tests.evaluation.metrics.fixtures.cases import CATEGORIES, FEW, HERE, ITEMS, KS, USERS, cases
from tests.evaluation.metrics.made import membership, padded

GIVEN = cases()
HISTORY = Ragged.of(GIVEN.histories)
GAINS = np.array([g for row in GIVEN.gains for g in row], float)
TAKEN = np.bincount(HISTORY.values, minlength=ITEMS)
KEY = GroundTruth(
    truth=Ragged.of(GIVEN.truths),
    catalogue=np.ones(ITEMS, bool),
    popularity=TAKEN / USERS,
    history=HISTORY,
    categories=membership(GIVEN.categories, CATEGORIES),
    gains=GAINS,
)
LISTS = Lists(padded(GIVEN.lists), KEY)


@pytest.fixture(scope="module")
def found() -> dict[str, np.ndarray | Interval]:
    return evaluate(LISTS, KS)


@pytest.fixture(scope="module")
def rectools() -> dict[str, np.ndarray]:
    return dict(np.load(HERE / "rectools.npz"))


@pytest.fixture(scope="module")
def ranx() -> dict[str, np.ndarray]:
    return dict(np.load(HERE / "ranx.npz"))


def same(found: np.ndarray, expected: np.ndarray, name: str) -> None:
    assert len(expected) == USERS
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("k", KS)
@pytest.mark.parametrize("name", [*MAIN, "novelty", "serendipity"])
def test_rectools(name, k, found, rectools) -> None:
    same(found[f"{name}@{k}"], rectools[f"{name}@{k}"], name)


@pytest.mark.parametrize("k", KS)
def test_rectools_diversity_where_it_is_defined(k, found, rectools) -> None:
    """RecTools gives 0 to a list of one item, which has no pair."""
    same(np.nan_to_num(found[f"diversity@{k}"]), rectools[f"diversity@{k}"], "diversity")
    pairs = np.array([min(k, len(row)) > 1 for row in GIVEN.lists])
    assert (np.isnan(found[f"diversity@{k}"]) == ~pairs).all()


@pytest.mark.parametrize("k", KS)
def test_rectools_popularity_and_its_lift(k, found, rectools) -> None:
    listed = rectools[f"popularity@{k}"]
    same(filled_mean(LISTS.first(k), TAKEN.astype(float)), listed, "popularity")
    lift = listed.mean() / rectools["popularity_of_history"].mean() - 1
    assert found[f"popularity_lift@{k}"].value == pytest.approx(lift, rel=0, abs=1e-9)


@pytest.mark.parametrize("k", KS)
def test_rectools_coverage(k, rectools) -> None:
    few = np.arange(FEW)
    lists = Lists(LISTS.items[few], GroundTruth(KEY.truth.take(few), catalogue=KEY.catalogue))
    assert evaluate(lists, [k])[f"coverage@{k}"].value == pytest.approx(rectools[f"coverage@{k}"])
    twice = Lists(
        np.concatenate([LISTS.items, np.full_like(LISTS.items, -1)]),
        GroundTruth(KEY.truth.take(np.tile(np.arange(USERS), 2))),
    )
    covered = evaluate(twice, [k])[f"user_coverage@{k}"].mean()
    assert covered == pytest.approx(float(rectools[f"user_coverage@{k}"]))


@pytest.mark.parametrize("k", KS)
@pytest.mark.parametrize("name", [*MAIN, "graded_ndcg"])
def test_ranx(name, k, found, ranx) -> None:
    same(found[f"{name}@{k}"], ranx[f"{name}@{k}"], name)


@pytest.mark.parametrize("k", KS)
def test_ranxs_exponential_gain_is_graded_ndcg_of_other_weights(k, ranx) -> None:
    same(graded(LISTS, k, 2**GAINS - 1), ranx[f"exponential@{k}"], "ndcg_burges")


def scores(items: list[int], k: int) -> np.ndarray:
    """Scores that fall with rank, and one lower score for all that is not listed."""
    out = np.zeros(ITEMS)
    out[items[:k]] = np.arange(k, 0, -1)[: len(items)]
    return out


@pytest.mark.parametrize("k", KS)
def test_scikit_learn(k) -> None:
    from sklearn.metrics import ndcg_score, roc_auc_score  # two seconds, in this process alone

    auc, ndcg = AUC().per_user(LISTS, k), GradedNDCG().per_user(LISTS, k)
    for row in range(0, USERS, 4):
        given = scores(GIVEN.lists[row], k)
        relevance = np.zeros(ITEMS)
        relevance[GIVEN.truths[row]] = GIVEN.gains[row]
        assert auc[row] == pytest.approx(roc_auc_score(relevance > 0, given), rel=0, abs=1e-9)
        if len(GIVEN.lists[row]) >= k:  # below, ndcg_score shares ties out among unlisted truths
            expected = ndcg_score(relevance[None], given[None], k=k)
            assert ndcg[row] == pytest.approx(expected, rel=0, abs=1e-9)


def test_where_definitions_differ_it_is_by_as_much_as_the_document_says(rectools, ranx) -> None:
    ours = per_user(padded([[1, 7, 2, 3, 9]]), Ragged.of([[7, 9]]), [5])["ndcg@5"][0]
    assert round(ours, 4) == 0.6241
    assert round(float(rectools["amazons_case"]), 4) == 0.3452
    assert round(float(ranx["lenskit_amazons_case"]), 4) == 0.7153
    text = (paths.CHECKOUT / "docs" / "metrics.md").read_text()
    assert all(number in text for number in ("0.6241", "0.3452", "0.7153"))
