"""What a hit rate means, in a sentence that needs no knowledge of metrics."""

from __future__ import annotations

from pipelines.evaluation.results.document import Outcome

_OUTCOMES: dict[Outcome, str] = {
    "better": "a certain gain",
    "equivalent": "no useful difference",
    "worse": "a certain loss",
    "inconclusive": "not a certain difference",
}


def hit_rate_sentence(
    hit_rate: float,
    k: int,
    *,
    baseline: str = "",
    baseline_rate: float | None = None,
    outcome: Outcome | None = None,
    contender: str = "",
) -> str:
    """`hit_rate@k` as a count of people, beside the baseline's and the outcome of comparing them.

    "For 87 of 100 people the top 10 holds something they chose; with Popular 82; not a certain
    difference." Out of 1,000 or 10,000 people where the rate is below 1% or 0.1%. What is
    not given is left out; with `contender`, the sentence begins with its name: "ALS: for 87 …".
    """
    base = next((b for b in (100, 1_000) if hit_rate * b >= 1), 10_000)
    if hit_rate == 0:
        base = 100
    top = "the top place" if k == 1 else f"the top {k}"
    opening = f"{contender}: for" if contender else "For"
    people = f"{_count(hit_rate, base)} of {base:,} people"
    parts = [f"{opening} {people} {top} holds something they chose"]
    if baseline_rate is not None:
        parts.append(f"with {baseline} {_count(baseline_rate, base)}")
    if outcome is not None:
        parts.append(_OUTCOMES[outcome])
    return f"{'; '.join(parts)}."


def _count(rate: float, base: int) -> str:
    return f"{round(rate * base):,}" if round(rate * base) else "none"
