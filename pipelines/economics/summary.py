"""A decision, its public document and its one computed sentence."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from pipelines.economics.reversal import LABELS
from pipelines.economics.wording import money, months, percent

NOT_DECIDABLE = "not decidable yet"
POPULARITY_RULE = "neither: popularity rule"
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Decision(BaseModel):
    """An answer with its reasons and sums; money in $k. `document()` is the public form."""

    model_config = ConfigDict(frozen=True)
    case: str
    decision: str
    chosen: str | None = None
    is_sample: bool = False
    closed: list[str] = []
    """Options that a failed gate rules out."""
    horizon_months: int = 36
    discount_rate: float = 0.10
    options: list[dict[str, Any]] = []
    break_even: dict[str, Any] = {}
    reasons: list[str] = []
    missing: list[str] = []
    reverses: list[str] = []
    gates: list[dict[str, Any]] = []
    horizons: list[dict[str, Any]] = []
    uncertainty: dict[str, Any] | None = None
    tornado: list[dict[str, Any]] = []
    curves: dict[str, list[float]] = {}

    def npv(self, name: str) -> float | None:
        """Net present value of an option, $k; None where it was not computed."""
        return next((float(o["npv"]) for o in self.options if o["name"] == name), None)

    def document(self) -> dict[str, Any]:
        """JSON values, money in $k to four places: what `assay decide --json` prints."""
        fields = self.model_dump(mode="json", exclude={"curves"})
        document: dict[str, Any] = _rounded(fields)
        return {**document, "sentence": sentence(self)}


def sentence(decision: Decision) -> str:
    """One sentence, such as "Buy leads by $45 k over 36 months; below a 36 % open rate …"."""
    if decision.decision == NOT_DECIDABLE:
        n = len(decision.missing)
        number = NUMBERS[n] if n < len(NUMBERS) else str(n)
        sample = "sample data, " if decision.is_sample else ""
        return f"Not decidable yet: {sample}{number} input{'' if n == 1 else 's'} missing."
    span = f"over {months(decision.horizon_months)}"
    chosen = decision.chosen
    if decision.decision.startswith("neither: ") and decision.decision != POPULARITY_RULE:
        return _neither(decision, span)
    if chosen is None:
        return f"{decision.decision.capitalize()}."
    label = LABELS[chosen]
    label = label[0].upper() + label[1:]
    loses = ""
    rate = decision.break_even.get("open_rate", {}).get(chosen)
    if rate is not None:
        loses = f"; below {_article(percent(rate))} {percent(rate)} open rate it loses money"
    value = decision.npv(chosen) or 0.0
    others = [o for o in decision.options if o["name"] != chosen and _open(decision, o["name"])]
    comma = "," if chosen == "staged" else ""
    if not others:
        return f"{label}{comma} is worth {money(value)} {span}{loses}."
    runner_up = max(others, key=lambda option: float(option["npv"]))
    lead = value - float(runner_up["npv"])
    if lead < 0:
        other = LABELS[str(runner_up["name"])]
        return (
            f"{label}{comma} by the rule of core business: the sums put {other} "
            f"{money(-lead)} ahead {span}, too little to tell{loses}."
        )
    return f"{label}{comma} leads by {money(lead)} {span}{loses}."


def _neither(decision: Decision, span: str) -> str:
    todo = decision.decision.removeprefix("neither: ")
    if todo == "nothing pays yet":
        best = max(decision.options, key=lambda option: float(option["npv"]))
        label = LABELS[str(best["name"])]
        return f"Nothing pays {span}: the best option, {label}, loses {money(-best['npv'])}."
    worth = decision.npv("popularity") or 0.0
    rule = f"; until then a popularity rule is worth {money(worth)} {span}" if worth > 0 else ""
    return f"Neither yet: {todo} first{rule}."


def _open(decision: Decision, name: str) -> bool:
    return name not in decision.closed


def _article(figure: str) -> str:
    """`an` before 8, 11, 18 and 80-89, which begin with a vowel when spoken."""
    whole = figure.split()[0].split(".")[0]
    return "an" if whole.startswith("8") or whole in ("11", "18") else "a"


def _rounded(value: Any) -> Any:
    """The same JSON values with floats to four places (shares and chances to six)."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    if isinstance(value, float):
        return round(value, 4 if abs(value) >= 1 else 6)
    return value
