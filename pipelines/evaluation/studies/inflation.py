"""How much a protocol inflates a metric, and which pairs change order; see docs/data.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pipelines.evaluation.studies.results import Flip, Inflation, Lift, Measure
from pipelines.schema import Doubles
from pipelines.statistics.bootstrap import resampled_means
from pipelines.statistics.intervals import CONFIDENCE, FEWEST_EQUAL, paired

REPLICATES = 2_000

Values = Mapping[str, Mapping[str, Doubles]]
"""Per-user values (n,) of each metric, by the spec's name."""


@dataclass(frozen=True)
class Resampled:
    """A number and its values in resamples of the users, (replicates,) float64."""

    value: float
    draws: Doubles
    users: int

    def __truediv__(self, other: Resampled) -> Resampled:
        """The ratio, draw by draw: paired where both come from the same resamples."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.float64(self.value) / np.float64(other.value)
            return Resampled(float(ratio), self.draws / other.draws, min(self.users, other.users))

    def interval(self) -> dict[str, float | None]:
        """value, low, high: the 95% percentile interval; None where it is undefined.

        All are None with fewer than `FEWEST_EQUAL` users, or where the denominator is 0; `high`
        is None where it is unbounded, since the denominator is 0 in some resamples.
        """
        nothing: dict[str, float | None] = {"value": None, "low": None, "high": None}
        if self.users < FEWEST_EQUAL or not np.isfinite(self.value):
            return nothing
        draws = self.draws[~np.isnan(self.draws)]  # 0 ÷ 0 is undefined
        edges = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
        # Each end is one of the draws, since one cannot interpolate toward infinity.
        low, high = np.quantile(draws, edges, method="inverted_cdf").tolist()
        return {"value": self.value, "low": low, "high": None if np.isinf(high) else high}


def resampled(
    values: Values, metrics: Sequence[str], seed: int
) -> dict[tuple[str, str], Resampled]:
    """The mean of each spec and metric in `REPLICATES` Poisson resamples of the same users."""
    keys = [(spec, metric) for spec in values for metric in metrics]
    columns = np.column_stack([values[spec][metric] for spec, metric in keys])
    means = resampled_means(columns, replicates=REPLICATES, seed=seed)
    points = columns.mean(axis=0)
    return {
        key: Resampled(float(points[c]), means[:, c], len(columns)) for c, key in enumerate(keys)
    }


Found = Mapping[str, Mapping[tuple[str, str], Resampled]]
"""`resampled` by the protocol's name."""


def lifts(
    found: Found, titles: Mapping[str, str], metrics: Sequence[str], baseline: str
) -> list[Lift]:
    """Each spec's metric ÷ the baseline's under the same protocol, over the same users."""
    return [
        Lift(
            spec=spec,
            title=titles[spec],
            protocol=protocol,
            metric=metric,
            **(means[spec, metric] / means[baseline, metric]).interval(),
        )
        for metric in metrics
        for protocol, means in found.items()
        for spec in titles
        if spec != baseline
    ]


def inflations(
    found: Found, titles: Mapping[str, str], metrics: Sequence[str], baseline: str, reference: str
) -> list[Inflation]:
    """Value and lift of each spec under each protocol ÷ the same under the `reference` one."""

    def one(spec: str, protocol: str, metric: str, measure: Measure) -> Inflation:
        sides = [found[protocol][spec, metric], found[reference][spec, metric]]
        if measure == "lift":
            sides = [
                side / found[where][baseline, metric]
                for side, where in zip(sides, (protocol, reference), strict=True)
            ]
        ratio = sides[0] / sides[1]
        return Inflation(
            spec=spec,
            title=titles[spec],
            protocol=protocol,
            metric=metric,
            measure=measure,
            **ratio.interval(),
        )

    measures: tuple[Measure, ...] = ("lift", "value")
    return [
        one(spec, protocol, metric, measure)
        for measure in measures
        for metric in metrics
        for protocol in found
        for spec in titles
        if protocol != reference and not (measure == "lift" and spec == baseline)
    ]


def flips(
    protocol: str,
    values: Values,
    in_time: Values,
    titles: Mapping[str, str],
    metrics: Sequence[str],
) -> list[Flip]:
    """The pairs of specs whose means are in another order than in time; ties do not count."""
    found = []
    for metric in metrics:
        for pair in combinations(titles, 2):
            before = [float(in_time[spec][metric].mean()) for spec in pair]
            first, second = pair if before[0] > before[1] else pair[::-1]
            after = values[first][metric].mean() - values[second][metric].mean()
            if before[0] == before[1] or after >= 0:
                continue
            time, here = (
                paired(side[first][metric], side[second][metric], within=(-1.0, 1.0))
                for side in (in_time, values)
            )
            found.append(
                Flip(
                    protocol=protocol,
                    metric=metric,
                    ahead_in_time=titles[first],
                    ahead_here=titles[second],
                    in_time=time,
                    here=here,
                    certain=time.low > 0 and here.high < 0,
                )
            )
    return found
