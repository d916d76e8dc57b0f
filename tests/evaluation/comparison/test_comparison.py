from typing import Any

import numpy as np
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.comparison.comparison import (
    Contrast,
    compare,
    declared,
    direction,
    explored,
    outcome,
    overturning_sd,
    toward,
)
from pipelines.evaluation.comparison.sentences import three_digits
from pipelines.evaluation.comparison.settle import fits_limit, users_to_settle
from pipelines.evaluation.results.document import Comparison
from pipelines.statistics.interval import Interval
from pipelines.statistics.intervals import t_interval
from pipelines.statistics.multiplicity import benjamini_hochberg, holm

N = 400
NOISE = np.random.default_rng(11).normal(0, 0.05, N)
NOISE -= NOISE.mean()
BASE = np.full(N, 0.3)


def against(shift: float, noise: float = 1.0, **kwargs: object) -> Comparison:
    given = {"useful_share": 0.02, **kwargs}
    values = BASE + shift + noise * NOISE
    return compare("two-stage", "popular", "ndcg@10", values, BASE, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-0.01, 0.01, "equivalent"),
        (0.002, 0.009, "equivalent"),  # real, yet too small to be of use: this comes first
        (-0.009, -0.002, "equivalent"),
        (0.002, 0.011, "better"),
        (-0.011, -0.002, "worse"),
        (-0.011, 0.002, "inconclusive"),
        (0.0, 0.011, "inconclusive"),
        (-0.02, 0.02, "inconclusive"),
    ],
)
def test_outcome_in_the_order_as_written(low: float, high: float, expected: str) -> None:
    assert outcome(Interval(value=(low + high) / 2, low=low, high=high), 0.01) == expected


def test_no_smallest_useful_difference_leaves_only_identical_lists_equivalent() -> None:
    assert outcome(Interval(value=0, low=0, high=0), 0.0) == "equivalent"
    assert outcome(Interval(value=0.1, low=0, high=0.2), 0.0) == "inconclusive"


def test_better_and_what_it_costs() -> None:
    found = against(0.031, noise=2.05)
    assert found.outcome == "better"
    assert found.difference == pytest.approx(0.031)
    assert found.smallest_useful == pytest.approx(0.006)
    assert found.sentence.startswith("two-stage beats popular by 0.031 NDCG@10 (95% interval 0.0")
    assert found.sentence.endswith(", not adjusted).")
    costly = against(0.031, noise=2.05, over_budget=True)
    assert costly.outcome == "better" and costly.over_budget
    assert costly.sentence.endswith("): better, but over budget.")


def test_worse_is_told_with_a_positive_figure() -> None:
    found = against(-0.05)
    assert found.outcome == "worse"
    assert "is worse than popular by 0.05 NDCG@10 (95% interval 0.0" in found.sentence
    assert "−" not in found.sentence
    assert against(-0.05, over_budget=True).sentence.endswith("; it is over budget.")


def test_who_fails_a_required_test_is_no_clean_winner() -> None:
    found = against(0.031, failed_required=True)
    assert found.outcome == "better" and found.failed_required
    assert found.sentence.endswith("): better, but fails a required test.")
    both = against(0.031, over_budget=True, failed_required=True)
    assert both.sentence.endswith("): better, but over budget and fails a required test.")
    assert against(-0.05, failed_required=True).sentence.endswith("; it fails a required test.")
    worst = against(-0.05, over_budget=True, failed_required=True).sentence
    assert worst.endswith("; it is over budget and fails a required test.")


def test_equivalent_names_the_smallest_useful_difference() -> None:
    found = against(0.0005, noise=0.5)
    assert found.outcome == "equivalent"
    assert found.sentence.endswith("within the smallest useful difference of 0.006.")


def test_inconclusive_says_how_many_more_users_and_keeps_the_promise() -> None:
    found = against(0.007, noise=3)
    assert found.outcome == "inconclusive"
    more = users_to_settle(0.007 + 3 * NOISE, found.smallest_useful)
    assert more is not None
    assert "more users would settle it." in found.sentence
    rng = np.random.default_rng(12)
    spread = float((3 * NOISE).std(ddof=1))
    settled = 0
    for _ in range(400):
        d = rng.normal(0.007, spread, N + more)
        one = compare("a", "b", "ndcg@10", 0.3 + d, np.full(len(d), 0.3), useful_share=0.02)
        settled += one.outcome != "inconclusive"
    assert 0.74 <= settled / 400 <= 0.9  # four in five


@pytest.mark.parametrize("mean", [0.0, 0.0006, 0.0015, 0.004])
def test_users_that_would_show_equivalence_keep_the_promise(mean: float) -> None:
    """Each interval within the limits or to one side of 0, wherever the difference is."""
    d = mean + 3 * (NOISE - NOISE.mean())
    more = users_to_settle(d, 0.006)
    assert more is not None
    rng = np.random.default_rng(13)
    spread = float(d.std(ddof=1))
    settled = 0
    for _ in range(400):
        found = t_interval(rng.normal(mean, spread, N + more))
        settled += outcome(found, 0.006) != "inconclusive"
    assert 0.75 <= settled / 400 <= 0.9  # four in five


def test_the_smallest_useful_difference_is_of_the_users_compared() -> None:
    """Of .01 for most, who have no value here, and 1 for ten: 3% of the ten's mean is small."""
    base = np.repeat([0.01, 1.0], [90, 10])
    here = base - 0.03 + np.linspace(-1e-3, 1e-3, 100)
    here[:90] = np.nan
    found = compare("a", "b", "serendipity@10", here, base, useful_share=0.04)
    assert found.smallest_useful == pytest.approx(0.04)
    assert found.outcome == "equivalent"


def test_more_users_are_counted_at_the_intervals_own_level() -> None:
    d = 0.007 + 3 * NOISE
    more = [users_to_settle(d, 0.001, level) for level in (0.95, 0.975, 1 - 0.05 / 3)]
    spread, n = d.std(ddof=1), len(d)
    for found, z in zip(more, (1.959964, 2.241403, 2.393980), strict=True):
        assert found is not None
        assert found + n == pytest.approx(((z + 0.841621) * spread / 0.007) ** 2, abs=1)
    equal = np.full(4, 0.1)
    assert users_to_settle(equal, 0.0) == 2 and users_to_settle(equal, 0.0, 0.975) == 3


def test_identical_lists_are_equivalent_and_a_handful_of_users_is_not() -> None:
    same = compare("a", "b", "map@5", BASE, BASE, useful_share=0.02)
    assert (same.outcome, same.low, same.high) == ("equivalent", 0.0, 0.0)
    few = compare("a", "b", "hit_rate@5", [1.0, 1.0], [0.0, 0.0], useful_share=0.02)
    assert few.outcome == "inconclusive"
    assert (few.low, few.high) == (-1.0, 1.0)
    assert few.sentence.endswith("about 4 more users would settle it.")


def test_a_baseline_of_zero_and_no_difference_cannot_be_settled() -> None:
    d = np.array([0.5, -0.5] * 20)
    found = compare("a", "b", "ndcg@5", d, np.zeros(40), useful_share=0.02)
    assert found.outcome == "inconclusive" and found.smallest_useful == 0.0
    assert found.sentence.endswith("more users would not settle it.")


def test_pairing_is_by_user() -> None:
    """A difference that separate intervals would hide."""
    rng = np.random.default_rng(13)
    base = rng.random(200)
    found = compare("a", "b", "ndcg@10", np.minimum(base + 0.04, 1), base, useful_share=0.02)
    assert found.outcome == "better"
    shuffled = compare(
        "a", "b", "ndcg@10", rng.permutation(np.minimum(base + 0.04, 1)), base, useful_share=0.02
    )
    assert shuffled.outcome == "inconclusive"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.031, "0.031"),
        (0.031416, "0.0314"),
        (1234.5, "1230"),
        (0.0000123456, "0.0000123"),
        (-0.00664, "−0.00664"),
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
    ],
)
def test_three_digits_without_powers_of_ten_and_a_minus_sign(number: float, text: str) -> None:
    assert three_digits(number) == text


def family(*shifts: float, noise: float = 1.0) -> list[Contrast]:
    """Contenders `c0`, `c1`, … on NDCG@10, each better than popular by its shift."""
    rng = np.random.default_rng(21)
    return [
        Contrast(f"c{n}", "popular", "ndcg@10", BASE + shift + noise * rng.permutation(NOISE), BASE)
        for n, shift in enumerate(shifts)
    ]


def test_declared_contenders_are_adjusted_by_holm_and_interval_and_p_agree() -> None:
    seen = set()
    for shifts in ((0.02, 0.0067, 0.002), (0.005, 0.0055, 0.006), (0, 0, 0), (-0.02, 0.0052, 0.02)):
        contrasts = family(*shifts)
        found = declared(contrasts, useful_share=0.0)
        assert [c.adjustment for c in found] == ["Holm over 3 contenders"] * 3
        assert [c.p_adjusted for c in found] == pytest.approx(holm([c.p for c in found]))
        for c in found:
            excludes = c.low > 0 or c.high < 0
            assert excludes == (c.p_adjusted <= 0.05) == (c.outcome != "inconclusive")
            assert excludes == (c.p <= 1 - c.confidence)
            assert c.looks == 3
            seen.add((round(c.confidence, 4), excludes))
            plain = compare(c.contender, "popular", "ndcg@10", *values_of(contrasts, c), 0.0)
            assert plain.low >= c.low and plain.high <= c.high and plain.p == c.p
    assert {(0.9833, True), (0.9833, False), (0.975, True), (0.95, False)} <= seen


def values_of(contrasts: list[Contrast], of: Comparison) -> tuple[np.ndarray, np.ndarray]:
    one = next(c for c in contrasts if c.contender == of.contender)
    return np.asarray(one.values), np.asarray(one.baseline_values)


def test_one_contender_needs_no_adjustment() -> None:
    (found,) = declared(family(0.02), useful_share=0.02)
    assert (found.confidence, found.adjustment, found.looks) == (0.95, "", 1)
    assert found.p_adjusted == found.p
    assert declared([], 0.02) == explored([], 0.02) == []


def test_exploration_keeps_95_percent_and_adjusts_p_over_all_that_is_looked_at() -> None:
    contrasts = family(0.006, 0.004, 0.0, -0.01)
    found = explored(contrasts, useful_share=0.0)
    assert {(c.confidence, c.adjustment, c.looks) for c in found} == {(0.95, "", 4)}
    assert [c.p_adjusted for c in found] == pytest.approx(benjamini_hochberg([c.p for c in found]))
    assert all((c.low > 0 or c.high < 0) == (c.p < 0.05) for c in found)
    assert all(", not adjusted)" in c.sentence for c in found)


def test_sentences_say_title_level_and_adjustment() -> None:
    titles = {"c0": "Two-stage", "popular": "Popular"}
    best, none, worse = declared(family(0.05, 0.001, -0.02), useful_share=0.0, titles=titles)
    assert best.sentence.startswith("Two-stage beats Popular by 0.05 NDCG@10 (98.3% interval 0.0")
    assert best.sentence.endswith(", allowing for 3 comparisons).")
    assert (
        "c1 is not certainly different from Popular: they differ by 0.001 NDCG@10" in none.sentence
    )
    assert "(95% interval −0.00" in none.sentence
    assert worse.sentence.startswith("c2 is worse than Popular by 0.02 NDCG@10 (97.5% interval 0.")


def test_the_relative_difference_is_at_the_same_level() -> None:
    best, _ = declared(family(0.03, 0.0), useful_share=0.02)
    assert best.relative is not None
    assert best.relative.value == pytest.approx(0.1)
    # The baseline's values are all .3 here, so that one is the other divided.
    assert best.relative.low == pytest.approx(best.low / 0.3)
    assert best.relative.high == pytest.approx(best.high / 0.3)


def test_where_lower_is_better_less_is_better() -> None:
    def gap(shift: float, noise: float = 1.0) -> Comparison:
        values = BASE + shift + noise * NOISE
        return compare("two-stage", "popular", "calibration@10", values, BASE, 0.02)

    less, more = gap(-0.05), gap(0.05)
    assert (less.outcome, more.outcome) == ("better", "worse")
    assert less.difference == pytest.approx(-0.05) and less.high < 0
    assert "two-stage beats popular by 0.05 calibration gap@10 (95% interval 0.0" in less.sentence
    assert less.sentence.endswith(", not adjusted, lower is better).")
    assert "is worse than popular by 0.05 calibration gap@10 (95% interval 0.0" in more.sentence
    assert gap(0.0005, noise=0.5).outcome == "equivalent"


def test_direction_is_the_metrics_own() -> None:
    assert direction("ndcg@10") == 1
    with pytest.raises(AssayError, match="a-lost-one@10 is not installed, so"):
        direction("a-lost-one@10")
    assert direction("calibration@10") == -1
    with pytest.raises(AssayError, match="Neither higher nor lower"):
        compare("a", "b", "novelty@10", BASE, BASE, 0.02)
    turned = toward(-1, Interval(value=0.2, low=0.1, high=0.4))
    assert (turned.value, turned.low, turned.high) == (-0.2, -0.4, -0.1)


def test_documents_from_before_have_neither_p_nor_level() -> None:
    old = Comparison.model_validate(
        {
            "contender": "a", "baseline": "b", "metric": "ndcg@10", "difference": 0.1,
            "low": 0.05, "high": 0.15, "smallest_useful": 0.01, "outcome": "better",
            "over_budget": False, "sentence": "a beats b.",
        }
    )  # fmt: skip
    assert (old.confidence, old.adjustment, old.p, old.p_adjusted) == (0.95, "", None, None)
    assert (old.looks, old.relative) == (1, None)


def of_fits(shift: float, of_fits: float, fits: int = 3, **more: Any) -> Comparison:
    """A contender whose fits differ by `of_fits`, with the mean `shift` above the baseline."""
    moved = shift + of_fits * np.linspace(-1, 1, fits)[None]
    values = BASE[:, None] + NOISE[:, None] + moved
    contrast = Contrast("a", "b", "ndcg@10", values, np.repeat(BASE[:, None], fits, axis=1), **more)
    return declared([contrast], useful_share=0.0)[0]


def test_a_lead_that_other_fits_would_turn_is_not_certain() -> None:
    """The same mean and the same users: only the fits differ."""
    steady, lucky = of_fits(0.01, 0.0), of_fits(0.01, 0.01)
    assert (steady.difference, lucky.difference) == pytest.approx((0.01, 0.01))
    assert (steady.outcome, lucky.outcome) == ("better", "inconclusive")
    assert lucky.p > 0.05 > steady.p
    assert "differ too much for more users to settle it: use more fits." in lucky.sentence


def test_more_users_settle_what_fits_do_not_limit() -> None:
    found = of_fits(0.004, 0.0002)
    assert found.outcome == "inconclusive" and "more users would settle it" in found.sentence
    d = 0.004 + NOISE[:, None] + 0.0002 * np.linspace(-1, 1, 3)[None]
    more, alone = users_to_settle(d, 0.0), users_to_settle(d.mean(axis=1), 0.0)
    assert more is not None and alone is not None and more > alone
    assert not fits_limit(d, 0.0)
    assert fits_limit(0.004 + NOISE[:, None] + 0.01 * np.linspace(-1, 1, 3)[None], 0.0)


@pytest.mark.parametrize("shift", [0.02, -0.02])
def test_what_was_asked_once_says_which_spread_would_overturn_it(shift: float) -> None:
    values = BASE + NOISE + shift
    (found,) = declared([Contrast("a", "b", "ndcg@10", values, BASE, once="answer")], 0.0)
    sd = found.overturning_sd
    assert found.drawn_once == "answer" and sd is not None
    half = (found.high - found.low) / 2
    assert np.hypot(half, 1.959964 * sd) == pytest.approx(abs(shift), rel=1e-6)
    end = f" This is for one answer only: a standard deviation of {three_digits(sd)} or more "
    assert found.sentence.endswith(f".{end}between such answers would overturn it.")


def test_of_an_equivalence_the_nearer_limit_counts_and_of_doubt_nothing() -> None:
    near = Interval(value=0.004, low=0.002, high=0.006)
    found = overturning_sd(near, "equivalent", 0.007, 0.95)
    assert found == pytest.approx((0.003**2 - 0.002**2) ** 0.5 / 1.959964, rel=1e-6)
    assert overturning_sd(near, "inconclusive", 0.0, 0.95) is None


def test_a_p_near_its_threshold_is_borderline() -> None:
    error = float(NOISE.std(ddof=1)) / N**0.5
    for ratio, borderline in ((1.5, False), (1.92, True), (2.02, True), (2.6, False)):
        found = against(ratio * error)
        assert found.borderline == (abs(found.p - 0.05) <= 0.01) == borderline
        assert ("It is borderline (p = 0.0" in found.sentence) == borderline
