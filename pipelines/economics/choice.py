"""The choice among the options that are open: the rule, then the values; and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.economics.case import Case
from pipelines.economics.formats import money, months, percent
from pipelines.economics.gates import Gate
from pipelines.economics.labels import (
    ANSWERS,
    NOT_DECIDABLE,
    NOTHING,
    OPTION_LABELS,
    OPTION_TITLES,
    STAGED,
    TOO_CLOSE,
)
from pipelines.economics.summary import CLEAR_LEAD
from pipelines.economics.ties import settling, tie
from pipelines.economics.uncertainty import Trials

RULE = {"yes": ("build", STAGED), "no": ("buy",)}
SAID = {
    "yes": "The rule: your core business depends on it, so build.",
    "no": "The rule: your core business does not depend on it, so buy.",
}
NOT_SAID = "The rule: no answer yet on whether your core business depends on it."
Answer = tuple[str, str | None]
"""One of the answers in `labels`, and the option that it stands for, if any."""


def closed_by(gates: Iterable[Gate]) -> set[str]:
    """The options that failed gates rule out."""
    return {name for gate in gates if gate.state == "failed" for name in gate.closes}


def deciding_gate(gates: Iterable[Gate], *, missing: bool) -> Gate | None:
    """The first failed gate that is the answer by itself; None if none is.

    While inputs are missing, they are the answer, unless a person ruled the options out.
    """
    failed = (gate for gate in gates if gate.state == "failed" and gate.instead)
    return next((gate for gate in failed if not (missing and gate.measured)), None)


def answer_without_values(gates: Iterable[Gate]) -> Answer:
    """The answer while inputs are missing."""
    gate = deciding_gate(gates, missing=True)
    return (gate.instead if gate else NOT_DECIDABLE), None


@dataclass(frozen=True)
class Choice:
    """What is chosen among some options, and what it was chosen by."""

    chosen: str
    """An option, doing nothing, or that it is too close to call."""
    best: str
    """What has the highest value."""
    tied: list[str]
    """The options that cannot be told apart, `best` first."""


@dataclass(frozen=True)
class Chooser:
    """Chooses among the options of a complete case, for any gates."""

    case: Case
    options: Sequence[Mapping[str, Any]]
    """name, npv, benefit and cost of each, $k."""
    trials: Trials | None
    _made: dict[tuple[str, ...], Choice] = field(default_factory=dict)

    @property
    def npv(self) -> dict[str, float]:
        return {option["name"]: option["npv"] for option in self.options}

    def allowed(self, gates: Iterable[Gate]) -> list[str]:
        """The options that no failed gate rules out."""
        closed = closed_by(gates)
        return [name for name in self.npv if name not in closed]

    def answer(self, gates: Sequence[Gate]) -> Answer:
        """What is answered with these gates."""
        gate, chosen = deciding_gate(gates, missing=False), self.choice(self.allowed(gates)).chosen
        return gate.instead if gate else ANSWERS[chosen], chosen if chosen in self.npv else None

    def choice(self, allowed: Sequence[str]) -> Choice:
        """The choice among these options and doing nothing."""
        key = tuple(allowed)
        if key not in self._made:
            self._made[key] = self._choose(key)
        return self._made[key]

    def _choose(self, allowed: tuple[str, ...]) -> Choice:
        chances = None if self.trials is None else self.trials.chances(allowed)
        ranked = sorted([*allowed, NOTHING], key=lambda name: -self.npv.get(name, 0.0))
        best, favored = ranked[0], RULE.get(self.case.core_business or "", ())
        tied = tie(best, [o for o in self.options if o["name"] in allowed], chances)
        if best in favored:
            return Choice(best, best, tied)
        able = [name for name in ranked if name in favored and self.npv[name] > 0]
        chance = 1.0 if chances is None else float(chances["p_best"][best])
        if chance < CLEAR_LEAD and able:
            return Choice(able[0], best, tied)
        return Choice(TOO_CLOSE if tied else best, best, tied)

    def reasons(self, choice: Choice, uncertainty: Mapping[str, Any] | None) -> list[str]:
        """Why: the rule, the values, and which of the two decides."""
        favored = RULE.get(self.case.core_business or "", ())
        values = "; ".join(f"{OPTION_LABELS[name]} {money(usd)}" for name, usd in self.npv.items())
        reasons = [
            SAID.get(self.case.core_business or "", NOT_SAID),
            f"Net present value over {months(self.case.horizon_months)} at "
            f"{percent(self.case.discount_rate)} a year: {values}.",
        ]
        best, tied = choice.best, choice.tied
        if choice.chosen == TOO_CLOSE:
            return [*reasons, settling(uncertainty)]
        if choice.chosen != best:
            chance = 1.0 if uncertainty is None else float(uncertainty["p_best"][best])
            share = percent(chance)
            title = OPTION_TITLES[best]
            return [*reasons, f"{title} is best in only {share} of the draws, so the rule decides."]
        if best in favored and tied:
            names = ", ".join(OPTION_LABELS[name] for name in tied if name != best)
            close = f"By value it is too close to call against {names}; the rule decides."
            return [*reasons, close, settling(uncertainty)]
        if favored and best not in favored:
            against = f"The values contradict the rule: {OPTION_LABELS[best]} comes first."
            return [*reasons, against]
        return reasons
