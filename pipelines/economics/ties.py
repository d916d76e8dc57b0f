"""Whether the best option is ahead at all, and what would settle a tie."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.economics.formats import money
from pipelines.economics.labels import NOTHING, input_label

TIE = 0.6
"""Below this share of the draws, "ahead" is little more than the toss of a coin."""
SLIGHT = 0.01
"""Without draws: a lead below this share of the larger benefit or cost is a tie."""
SETTLING = 2
"""How many inputs are named that would settle a tie."""


def tie(
    best: str, options: Sequence[Mapping[str, Any]], uncertainty: Mapping[str, Any] | None
) -> list[str]:
    """`best` and the options that it is not clearly ahead of, by value; empty for a clear lead.

    `options` are those that no gate rules out (name, npv, benefit, cost; $k); doing nothing, at 0,
    is one of the competitors.
    """
    nothing = {"name": NOTHING, "npv": 0.0, "benefit": 0.0, "cost": 0.0}
    by_name = {str(option["name"]): option for option in (*options, nothing)}
    others = sorted(
        (name for name in by_name if name != best), key=lambda name: -float(by_name[name]["npv"])
    )
    if uncertainty is not None:
        ahead = uncertainty["beats"][best]
        close = [name for name in others if ahead[name] < TIE]
    else:
        close = [name for name in others if _slight(by_name[best], by_name[name])]
    return [best, *close] if close else []


def _slight(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    size = max(abs(float(option[key])) for option in (one, other) for key in ("benefit", "cost"))
    return abs(float(one["npv"]) - float(other["npv"])) <= SLIGHT * size


def settling(uncertainty: Mapping[str, Any] | None) -> str:
    """What would settle a tie, in one sentence."""
    worth = [] if uncertainty is None else list(uncertainty["evppi"].items())
    known = [f"the {input_label(path)} (worth {money(usd)})" for path, usd in worth if usd >= 0.005]
    if not known:
        return (
            "What would settle it: ranges of the inputs instead of single numbers, or one of the "
            "conditions that would reverse it."
        )
    return f"What would settle it: to know {' or '.join(known[:SETTLING])}."
