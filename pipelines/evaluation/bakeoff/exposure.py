"""Whether logged propensities are good enough to debias offline metrics.

Items that were shown often get many interactions, and offline metrics reward lists that show
them again. If the log has the probability with which each item was shown (its propensity),
weights of 1 / propensity correct this. Definitions and thresholds are in docs/data.md.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.evaluation.results.document import Exposure
from pipelines.reading.lists import GroundTruth
from pipelines.schema import Columns, Doubles
from pipelines.statistics.effective_size import effective_sample_size

FEWEST, LEAST_SHARE = 100, 0.01
"""The smallest effective sample size for which weights are trusted: an absolute number, and a
share of the held-out interactions with a propensity."""
CERTAIN, MOST_CERTAIN = 0.999, 0.5
"""An item with at least this propensity was always shown; if more than this share of items
was, the order was fixed and says nothing about items that were not shown."""

REWARDS = "Offline metrics reward items that were already shown"


def exposure_of(key: GroundTruth, dataset: Dataset) -> Exposure:
    """What the log says about the exposure of the held-out items, and whether to trust it."""
    truths = len(key.truth.values)
    weights = _weights(key)
    ess = effective_sample_size(weights)
    why_not = _refusal(truths, weights, ess)
    if why_not:
        sentence = f"{why_not} {_to_do(dataset)}"
    else:
        left_out = " (the others are left out)" if len(weights) < truths else ""
        sentence = (
            "Debiased metrics (debiased_ndcg, debiased_recall) are reported: a propensity was "
            f"logged for {len(weights):,} of {truths:,} held-out interactions{left_out}, with an "
            f"effective sample size of {ess:,.0f}. The other metrics reward items that were "
            "already shown."
        )
    return Exposure(
        truths=truths,
        propensities=len(weights),
        ess=ess if len(weights) else None,
        corrected=not why_not,
        sentence=sentence,
    )


def trusted(key: GroundTruth, exposure: Exposure) -> GroundTruth:
    """`key` without propensities if they cannot be trusted, so that no metric uses them."""
    return key if exposure.corrected else replace(key, propensity=None)


def _weights(key: GroundTruth) -> Doubles:
    """1 / propensity of the held-out interactions that have one in (0, 1]."""
    if key.propensity is None:
        return np.zeros(0)
    logged = key.propensity[(key.propensity > 0) & (key.propensity <= 1)]
    return 1.0 / np.maximum(logged, np.finfo(np.float64).tiny)


def _refusal(truths: int, weights: Doubles, ess: float) -> str:
    """Why the weights cannot debias the metrics; empty if they can."""
    n = len(weights)
    if n == 0:
        return (
            f"{REWARDS}: users could choose only from what they were shown, and the log has no "
            f"propensity (probability of being shown) for any of the {truths:,} held-out "
            "interactions."
        )
    logged = f"{REWARDS}. The propensities logged for {n:,} of {truths:,} held-out interactions"
    certain = float((weights <= 1 / CERTAIN).mean())
    if certain > MOST_CERTAIN:
        return (
            f"{logged} cannot correct this: {100 * certain:.3g}% of them are 1 (a fixed order), "
            "which says nothing about items that were not shown."
        )
    needed = max(FEWEST, LEAST_SHARE * n)
    if ess < needed:
        return (
            f"{logged} are too few or too uneven to correct this: their effective sample size is "
            f"{int(ess):,}, and {needed:,.0f} are needed."
        )
    return ""


def _to_do(dataset: Dataset) -> str:
    named = {Columns.POSITION: "the position", Columns.PROPENSITY: "the propensity"}
    missing = [label for name, label in named.items() if name not in dataset.context_columns]
    what = " and ".join(missing) or "position and propensity"
    return (
        f"From now on, log {what} of each item shown, and show some items at random "
        f"(`assay readiness {dataset.name} --plan FOLDER` writes a plan). `assay data audit "
        f"{dataset.name}` measures how much a leaking split inflates the metrics."
    )
