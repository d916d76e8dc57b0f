"""The conditions under which another option would lead, as sentences."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np

from pipelines.economics.case import Case
from pipelines.economics.choice import Answer
from pipelines.economics.costs import curves, evaluate, means
from pipelines.economics.formats import count, money, months, percent
from pipelines.economics.gates import Gate, State
from pipelines.economics.labels import NOTHING, OPTION_LABELS, STAGED
from pipelines.economics.uncertainty import leader, switches
from pipelines.prices.pricebook import PriceBook


def thresholds(case: Case, book: PriceBook, allowed: list[str]) -> list[str]:
    """Values of single inputs, with the others at their means, at which the lead changes.

    Searches from 0 to 1 for shares, and from a hundredth to a hundred times for amounts.
    """
    base = means(case)
    names = [*allowed, NOTHING]

    def scan(key: str, low: float, high: float, say: Callable[[float], str], what: str) -> None:
        def leading(points: np.ndarray) -> np.ndarray:
            flows = evaluate(case, {**base, key: points}, book)
            return leader({name: flows[name].npv for name in allowed}, allowed, points.shape)

        for point, other in switches(leading, base[key], low, high):
            side = "below" if point < base[key] else "above"
            found.append(f"{what} {side} {say(point)}: {OPTION_LABELS[names[other]]} leads.")

    found: list[str] = []
    scan("open_rate", 0.0, 1.0, percent, "Open rate")
    amounts: list[tuple[str, str, Callable[[float], str]]] = [
        ("margin", "Addressed margin a year", money)
    ]
    at_stake = [name for name in case.options if name in allowed or STAGED in allowed]
    if case.buy is not None and case.buy.price is not None and "buy" in at_stake:
        amounts.append(("requests", "Requests a month (at the same margin)", count))
    for key, what, say in amounts:
        scan(key, base[key] / 100, base[key] * 100, say, what)
    for name in at_stake:
        what = f"Uplift of {OPTION_LABELS[name]}"
        scan(f"{name}.uplift", 0.0, max(1.0, base[f"{name}.uplift"]), percent, what)
    return found + _horizon(case, book, allowed, base)


def _horizon(case: Case, book: PriceBook, allowed: list[str], base: dict[str, float]) -> list[str]:
    """The nearest shorter and longer horizon with another leader, up to 120 months."""
    now = case.horizon_months
    paths = curves(case, base, book, max(120, now))
    leads = leader({name: paths[name] for name in allowed}, allowed, (max(120, now) + 1,))
    names = [*allowed, NOTHING]
    other = np.flatnonzero(leads != leads[now])
    shorter, longer = other[(other < now) & (other > 0)], other[other > now]
    found = []
    for word, month in (("or shorter", shorter[-1:]), ("or longer", longer[:1])):
        if month.size:
            label = OPTION_LABELS[names[int(leads[month[0]])]]
            found.append(f"A horizon of {months(int(month[0]))} {word}: {label} leads.")
    return found


def gate_conditions(
    gates: list[Gate],
    case: Case,
    answer: Callable[[list[Gate]], Answer],
    *,
    valued: bool = True,
) -> list[str]:
    """Sentences on gates with which another answer is given; all other gates are left out.

    `answer` says what is answered with any gates; `valued` is whether the values are known. An
    option that several gates rule out needs them all to pass.
    """
    now = answer(gates)

    def changes(names: Collection[str], state: State) -> bool:
        others = [replace(g, state=state) if g.name in names else g for g in gates]
        return answer(others) != now

    staged = [STAGED] if {"buy", "build"} <= set(case.options) else []
    options = [*case.options, *staged]
    failed = [gate for gate in gates if gate.state == "failed"]
    closers = {tuple(g.name for g in failed if name in g.closes): None for name in options}
    then = "the highest value decides" if valued else "the missing inputs decide"
    conditions = [
        f"If {_all_pass(names)}, {then}."
        for names in sorted(closers, key=len)
        if names and changes(names, "passed")
    ]
    unchecked = [g.name for g in gates if g.state == "not checked" and changes([g.name], "failed")]
    if unchecked:
        conditions.append(f"A gate that is not checked yet fails: {', '.join(unchecked)}.")
    return conditions


def _all_pass(names: Sequence[str]) -> str:
    """`the gate “data” passes`, `the gates “data” and “team” both pass`."""
    *before, last = (f"“{name}”" for name in names)
    if not before:
        return f"the gate {last} passes"
    return f"the gates {', '.join(before)} and {last} {'both' if len(names) == 2 else 'all'} pass"
