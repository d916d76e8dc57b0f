"""Propagate the inputs' ranges: fan, P(best), value of information, tornado."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.economics.case import Case, quantities
from pipelines.economics.costs import TAIL_MEAN, TAIL_SHARE, TAIL_START, evaluate, means
from pipelines.economics.labels import NOTHING
from pipelines.economics.quantity import Range
from pipelines.prices.pricebook import PriceBook

DRAWS = 100_000
ASSUMED_SWING = 0.25  # for the tornado, where an input has no range


def draw(case: Case, n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Independent draws `(n,)` of every input with a range."""
    drawn: dict[str, np.ndarray] = {}
    for name, value in quantities(case).items():
        if isinstance(value, Range) and value.high > value.low:
            drawn[name] = rng.triangular(value.low, value.mode, value.high, n)
    for name, option in case.options.items():
        if option.overrun == "it-projects":
            drawn[f"{name}.overrun"] = it_project_overrun(n, rng)
    return drawn


def it_project_overrun(n: int, rng: np.random.Generator) -> np.ndarray:
    """Factor on the plan `(n,)`: 18% of the projects exceed 1.5, at 5.47 on average.

    A single lognormal with both figures would have its median at a third of the plan, so the
    body is lognormal around 1 (clipped at 1.5) and the excess of the tail is a second, wide
    lognormal (Flyvbjerg).
    """
    body = np.minimum(rng.lognormal(-0.02, 0.2, n), TAIL_START)
    excess = rng.lognormal(np.log(TAIL_MEAN - TAIL_START) - 0.5, 1.0, n)
    return np.where(rng.random(n) < TAIL_SHARE, TAIL_START + excess, body)


def evpi(values: np.ndarray) -> float:
    """Expected value of perfect information, $k; `values` is `(n_options, n)`."""
    return float(values.max(axis=0).mean() - values.mean(axis=1).max())


def evppi(values: np.ndarray, unknown: np.ndarray) -> float:
    """Expected value of perfect information on one unknown `(n,)`, $k.

    The expected value given the unknown is a cubic regression on it (Strong, Oakley & Brennan
    2014, https://doi.org/10.1177/0272989X13505910); the model is linear in most inputs, so a
    cubic suffices.
    """
    spread = unknown.std()
    if spread == 0:
        return 0.0
    design = np.vander((unknown - unknown.mean()) / spread, 4)
    coefficients, *_ = np.linalg.lstsq(design, values.T, rcond=None)
    expected = design @ coefficients
    return max(0.0, float(expected.max(axis=1).mean() - expected.mean(axis=0).max()))


@dataclass(frozen=True)
class Trials:
    """Seeded draws of a case's ranges, and the value of each option in each of them."""

    n: int
    seed: int
    inputs: dict[str, np.ndarray]
    values: dict[str, np.ndarray]
    """By option, $k, `(n,)`."""

    @staticmethod
    def of(case: Case, book: PriceBook, n: int = DRAWS, seed: int = 20261123) -> "Trials | None":
        """None where no input has a range."""
        drawn = draw(case, n, np.random.default_rng(seed))
        if not drawn:
            return None
        flows = evaluate(case, {**means(case), **drawn}, book)
        values = {name: np.broadcast_to(flow.npv, n) for name, flow in flows.items()}
        return Trials(n, seed, drawn, values)

    def chances(self, allowed: Sequence[str]) -> dict[str, Any]:
        """P(best) and pairwise P(ahead) of the options in `allowed` and of doing nothing, at 0."""
        names, values = self._competing(allowed)
        best = values.argmax(axis=0)  # ties go to the first
        return {
            "p_best": {name: float((best == i).mean()) for i, name in enumerate(names)},
            "beats": {
                name: {
                    other: float((values[i] > values[j]).mean())
                    for j, other in enumerate(names)
                    if j != i
                }
                for i, name in enumerate(names)
            },
        }

    def summary(self, allowed: Sequence[str]) -> dict[str, Any]:
        """`chances`, and fan, ranks, regret, EVPI and EVPPI ($k)."""
        fan = {}
        for name, value in self.values.items():
            low, middle, high = np.percentile(value, [5, 50, 95])
            fan[name] = {"p5": float(low), "p50": float(middle), "p95": float(high)}
        names, values = self._competing(allowed)
        ranks = (-values).argsort(axis=0, kind="stable").argsort(axis=0)
        regret = values.max(axis=0) - values
        by_unknown = {name: evppi(values, unknown) for name, unknown in self.inputs.items()}
        return {
            "draws": self.n,
            "seed": self.seed,
            "fan": fan,
            **self.chances(allowed),
            "rank_acceptability": {
                name: [float((ranks[i] == rank).mean()) for rank in range(len(names))]
                for i, name in enumerate(names)
            },
            "expected_regret": {name: float(regret[i].mean()) for i, name in enumerate(names)},
            "evpi": evpi(values),
            "evppi": dict(sorted(by_unknown.items(), key=lambda pair: -pair[1])),
        }

    def _competing(self, allowed: Sequence[str]) -> tuple[list[str], np.ndarray]:
        """The names and values, `(n_options, n)`, of what competes."""
        names = [name for name in self.values if name in allowed]
        stack = [self.values[name] for name in names] + [np.zeros(self.n)]
        return [*names, NOTHING], np.array(stack)


def bounds(case: Case) -> dict[str, tuple[float, float, bool]]:
    """Low and high of each input, and whether they are an assumed swing of ± 25%."""
    rows: dict[str, tuple[float, float, bool]] = {}
    given = quantities(case)
    for name, value in means(case).items():
        stated = given.get(name)
        if isinstance(stated, Range):
            rows[name] = (stated.low, stated.high, False)
        elif stated is None:  # the overrun of IT projects: its median and its tail mean
            rows[name] = (1.0, TAIL_MEAN, False)
        elif value > 0:
            high = value * (1 + ASSUMED_SWING)
            capped = min(high, 1.0) if name == "open_rate" else high
            rows[name] = (value * (1 - ASSUMED_SWING), capped, True)
    return rows


def tornado(case: Case, book: PriceBook, option: str) -> list[dict[str, Any]]:
    """Value of `option` ($k) at each input's low and high, with the others at their means.

    Rows {"input", "low", "high", "npv_low", "npv_high", "assumed"}, widest first; inputs
    without an effect on the option are left out.
    """
    base = means(case)
    rows = []
    for name, (low, high, assumed) in bounds(case).items():
        at_low, at_high = (
            float(evaluate(case, {**base, name: x}, book)[option].npv) for x in (low, high)
        )
        if abs(at_high - at_low) > 1e-9:
            rows.append(
                {
                    "input": name,
                    "low": low,
                    "high": high,
                    "npv_low": at_low,
                    "npv_high": at_high,
                    "assumed": assumed,
                }
            )
    return sorted(rows, key=lambda row: -abs(row["npv_high"] - row["npv_low"]))


def leader(values: dict[str, np.ndarray], allowed: list[str], shape: tuple[int, ...]) -> np.ndarray:
    """Index in `[*allowed, nothing]` of the best option, of `shape`; ties go to the first."""
    # An option that does not depend on the varied input is a single number.
    stack = [np.broadcast_to(values[name], shape) for name in allowed] + [np.zeros(shape)]
    return np.argmax(np.stack(stack), axis=0)


def switches(
    leading: Callable[[np.ndarray], np.ndarray], now: float, low: float, high: float
) -> list[tuple[float, int]]:
    """The nearest points below and above `now` where another option starts to lead.

    `leading(points (n,))` returns the leader's index at each point. Each bracket is narrowed by
    a grid four times (relative error below 1e-8). At most one point per side.
    """
    current = int(leading(np.array([now]))[0])
    found = []
    for limit in (low, high):
        start, stop = now, limit
        changed: int | None = None
        for _ in range(4):
            points = np.linspace(start, stop, 201)
            leads = leading(points)
            other = np.flatnonzero(leads != current)
            if other.size == 0 or start == stop:
                break
            changed = int(leads[other[0]])
            start, stop = points[max(int(other[0]) - 1, 0)], points[other[0]]
        if changed is not None:
            found.append((float(stop), changed))
    return found
