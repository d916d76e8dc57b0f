"""A decision: its public document, and its headline sentence."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from pipelines.economics.formats import in_currency, money, months, percent
from pipelines.economics.labels import (
    FIRST_STEPS,
    NOT_DECIDABLE,
    NOTHING_PAYS,
    OPTION_LABELS,
    OPTION_TITLES,
    TOO_CLOSE,
    answer_label,
)
from pipelines.runtime.phrases import noun_for

CLEAR_LEAD = 0.8
"""P(best) from which the values alone decide; below it the rule does."""
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Decision(BaseModel):
    """An answer with reasons and values; money in thousands. `document()` is the public form."""

    model_config = ConfigDict(frozen=True)
    case: str
    decision: str
    """One of the answers in `economics.labels`."""
    chosen: str | None = None
    gate: str = ""
    """The failed gate that the decision names; empty if none decides."""
    headline: str = ""
    """What that gate means, as the headline begins; empty where the first step says it."""
    ways: list[str] = []
    """What can be done although that gate failed."""
    tied: list[str] = []
    """The options that cannot be told apart, best first; empty for a clear lead."""
    is_sample: bool = False
    closed: list[str] = []
    """Options that a failed gate rules out."""
    currency: str = "USD"
    """ISO 4217; all money is in its thousands."""
    horizon_months: int = 36
    discount_rate: float = 0.10
    options: list[dict[str, Any]] = []
    break_even: dict[str, Any] = {}
    reasons: list[str] = []
    """Sentences; without the missing inputs, which are in `missing`."""
    missing: list[str] = []
    reverses: list[str] = []
    gates: list[dict[str, Any]] = []
    horizons: list[dict[str, Any]] = []
    uncertainty: dict[str, Any] | None = None
    tornado: list[dict[str, Any]] = []
    curves: dict[str, list[float]] = {}
    cash: dict[str, dict[str, Any]] = {}
    """Of each option: `years` (undiscounted, from the first), `peak_funding`, `peak_month`."""
    earned_today: float | None = None
    """What today's system earns a year, less its cost; None without one."""

    def npv(self, name: str) -> float | None:
        """Net present value of an option, $k; None where it was not computed."""
        return next((float(o["npv"]) for o in self.options if o["name"] == name), None)

    @property
    def sentences(self) -> list[str]:
        """The reasons, and a sentence with the missing inputs if there are any."""
        missing = [f"Missing: {'; '.join(self.missing)}."] if self.missing else []
        return [*self.reasons, *missing]

    def document(self) -> dict[str, Any]:
        """JSON values, money in $k to four places: what `assay decide --json` prints."""
        fields = self.model_dump(mode="json", exclude={"curves"})
        document: dict[str, Any] = _rounded(fields)
        return {**document, "reasons": self.sentences, "sentence": sentence(self)}


def sentence(decision: Decision) -> str:
    """The headline: "Buy leads by $45 k over 36 months; below an open rate of 36% …"."""
    with in_currency(decision.currency):
        return _sentence(decision)


def _sentence(decision: Decision) -> str:
    answer, chosen = decision.decision, decision.chosen
    span = f"over {months(decision.horizon_months)}"
    if answer == NOT_DECIDABLE:
        return _not_decidable(decision)
    if answer in FIRST_STEPS or decision.headline:
        start = decision.headline or f"Neither yet: {FIRST_STEPS[answer]} first"
        return f"{start}{_until_then(decision, span)}."
    if answer == NOTHING_PAYS:
        best = max(decision.options, key=lambda option: float(option["npv"]))
        label = OPTION_LABELS[str(best["name"])]
        return f"No option pays off {span}: the best one, {label}, loses {money(-best['npv'])}."
    if answer == TOO_CLOSE:
        return _too_close(decision, span)
    if chosen is None:
        return f"The answer is: {answer_label(answer)}."
    title = OPTION_TITLES[chosen]
    rate = decision.break_even.get("open_rate", {}).get(chosen)
    loses = "" if rate is None else f"; below an open rate of {percent(rate)} it loses money"
    value = decision.npv(chosen) or 0.0
    others = [
        o for o in decision.options if o["name"] != chosen and o["name"] not in decision.closed
    ]
    if not others:
        return f"{title} is worth {money(value)} {span}{loses}."
    runner_up = max(others, key=lambda option: float(option["npv"]))
    lead = value - float(runner_up["npv"])
    if lead < 0:
        other = OPTION_LABELS[str(runner_up["name"])]
        return (
            f"{title} is chosen by the core-business rule: the value of {other} is {money(-lead)} "
            f"higher {span}, too little to be certain{loses}."
        )
    if decision.tied:
        others_tied = _named([name for name in decision.tied if name != chosen])
        return (
            f"{title} is chosen by the core-business rule: by value it is too close to call "
            f"against {others_tied} {span}{loses}."
        )
    return f"{title} leads by {money(lead)} {span}{_chance(decision, chosen)}{loses}."


def _too_close(decision: Decision, span: str) -> str:
    """The options that cannot be told apart, with their values and chances."""
    values = [(OPTION_LABELS[name], decision.npv(name) or 0.0) for name in decision.tied]
    worth = _listed([f"{label} ({money(value)})" for label, value in values])
    chances = (decision.uncertainty or {}).get("p_best", {})
    shares = [percent(chances[name]) for name in decision.tied if name in chances]
    likely = f", best in {_listed(shares)} of the draws" if shares else ""
    return f"Too close to call {span}: {worth}{likely}."


def _named(options: list[str]) -> str:
    return _listed([OPTION_LABELS[name] for name in options])


def _listed(texts: list[str]) -> str:
    *before, last = texts
    return f"{', '.join(before)} and {last}" if before else last


def _chance(decision: Decision, chosen: str) -> str:
    """How often the leading option is best, where that is not often; begins with a comma."""
    chance = (decision.uncertainty or {}).get("p_best", {}).get(chosen, 1.0)
    return "" if chance >= CLEAR_LEAD else f", but is best in only {percent(chance)} of the draws"


def _until_then(decision: Decision, span: str) -> str:
    """What a popularity rule is worth meanwhile; empty if it is ruled out or worth nothing."""
    worth = decision.npv("popularity") or 0.0
    if worth <= 0 or "popularity" in decision.closed:
        return ""
    return f"; until then a popularity rule is worth {money(worth)} {span}"


def _not_decidable(decision: Decision) -> str:
    n = len(decision.missing)
    number = NUMBERS[n] if n < len(NUMBERS) else str(n)
    inputs = f"{number} {noun_for(n, 'input')} missing"
    if decision.is_sample:
        return f"Not decidable yet: sample data, {inputs}."
    return f"Not decidable yet: {inputs}."


def _rounded(value: Any) -> Any:
    """The same JSON values with floats to four places (shares and probabilities to six)."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    if isinstance(value, float):
        return round(value, 4 if abs(value) >= 1 else 6)
    return value
