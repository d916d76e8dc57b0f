"""Further fits of the contenders that draw, with other seeds: how much the draw changes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.process import run_in_child
from pipelines.evaluation.bakeoff.request import Entry
from pipelines.evaluation.bakeoff.scoring import Scored, scored_of
from pipelines.evaluation.manifest.manifest import Manifest
from pipelines.evaluation.metrics.evaluate import evaluate
from pipelines.evaluation.results.answer_file import read_lists
from pipelines.evaluation.results.document import ContenderResult, Spread
from pipelines.evaluation.results.fit_values import joined
from pipelines.evaluation.results.folder import FITS
from pipelines.reading.lists import GroundTruth, Lists
from pipelines.runtime.progress import Progress, part


@dataclass(frozen=True)
class Refits:
    """Fits further contenders in `folder`, the bake-off's own, and scores them."""

    folder: Path
    stages: Path
    key: GroundTruth
    manifest: Manifest
    count: int
    """Number of fits in all."""

    def add(
        self, entry: Entry, result: ContenderResult, first: Scored, progress: Progress
    ) -> tuple[ContenderResult, Scored]:
        """The result and the values over all fits; a fit that fails is told in a note."""
        if entry.spec is None:
            return result, first
        began = time.perf_counter()
        scored, notes = [(0, first)], [*result.notes]
        numbers = range(1, self.count if entry.spec.draws else 1)
        for fit in numbers:
            share = part(progress, (fit - 1) / len(numbers), fit / len(numbers))
            one = self._fit(entry, fit, share, notes)
            if one is not None:
                scored.append((fit, one))
        whole = _joined(scored)
        spread = spread_of(whole, self.manifest.metric, entry.spec.draws)
        seconds = time.perf_counter() - began if numbers else 0.0
        update = {
            "metrics": whole.summary() if len(scored) > 1 else result.metrics,
            "spread": spread.model_copy(update={"seconds": seconds}),
            "notes": notes,
        }
        return result.model_copy(update=update), whole

    def _fit(self, entry: Entry, fit: int, progress: Progress, notes: list[str]) -> Scored | None:
        here = self.folder / "contenders" / entry.name / FITS / str(fit)
        outcome = run_in_child(entry, self.folder, here, self.stages, progress, fit)
        said: list[str] = []
        try:
            if outcome.status != "scored":
                raise AssayError(outcome.reason)
            items = read_lists(here, len(self.key), self.key.n_items)
        except AssayError as error:
            why = f"Fit {fit + 1} of {self.count}, with another seed, is left out: {error}"
            notes.append(why)
            return None
        found = evaluate(Lists(items, self.key), self.manifest.ks, notes=said)
        notes += [f"Fit {fit + 1} of {self.count}: {note}" for note in said if note not in notes]
        return scored_of(found)


def _joined(fits: list[tuple[int, Scored]]) -> Scored:
    """The values of all fits; a user-defined metric may have failed in some of them."""
    values = {
        name: joined([(fit, one.per_user[name]) for fit, one in fits if name in one.per_user])
        for name in fits[0][1].per_user
    }
    return Scored(values, [metrics for _, one in fits for metrics in one.over_all])


def spread_of(scored: Scored, metric: str, draws: bool) -> Spread:
    """The spread of the fits' means of `metric`, over the users with a value in each."""
    given = scored.per_user.get(metric)
    fits = max((len(one.fits) for one in scored.per_user.values()), default=1)
    if given is None or np.isnan(given.by_user).all():
        return Spread(draws=draws, refits=fits)
    given = given.of_people()
    means = given.values[~np.isnan(given.by_user)].mean(axis=0)
    known = fits > 1 or not draws
    return Spread(
        draws=draws,
        refits=fits,
        sd=(float(means.std(ddof=1)) if fits > 1 else 0.0) if known else None,
        low=float(means.min()) if known else None,
        high=float(means.max()) if known else None,
    )
