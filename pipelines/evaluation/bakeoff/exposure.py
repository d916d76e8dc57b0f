"""Whether a log can tell what people could choose from, and so correct what is measured on it.

What was shown often is taken up often, and offline metrics reward lists that show it again.
Where the log holds the chance with which each item was shown, 1 / chance makes up for it;
definitions and thresholds are in docs/data.md.
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
"""The effective sample from which weights are trusted: so many truths, and such a share of
those with a propensity."""
CERTAIN, MOST_CERTAIN = 0.999, 0.5
"""From this chance on an item was bound to be shown; of more than this share, the order was
fixed, and says nothing of what was not shown."""

REWARDS = "Offline numbers reward what was already shown"


def exposure_of(key: GroundTruth, dataset: Dataset) -> Exposure:
    """What is known of how the truths of `key` came to be seen, and whether to trust it."""
    truths = len(key.truth.values)
    weights = _weights(key)
    ess = effective_sample_size(weights)
    why_not = _refusal(truths, weights, ess)
    if why_not:
        sentence = f"{why_not} {_to_do(dataset)}"
    else:
        left_out = "; the others are left out" if len(weights) < truths else ""
        sentence = (
            "Debiased metrics (debiased_ndcg, debiased_recall) are given: a propensity was logged "
            f"for {len(weights):,} of {truths:,} truths{left_out}, and their weights are worth "
            f"{ess:,.0f} of them. The other metrics reward what was already shown."
        )
    return Exposure(
        truths=truths,
        propensities=len(weights),
        ess=ess if len(weights) else None,
        corrected=not why_not,
        sentence=sentence,
    )


def trusted(key: GroundTruth, exposure: Exposure) -> GroundTruth:
    """`key` without its propensities where they are not to be trusted: no metric uses them."""
    return key if exposure.corrected else replace(key, propensity=None)


def _weights(key: GroundTruth) -> Doubles:
    """1 / propensity of the truths that have one in (0, 1]."""
    if key.propensity is None:
        return np.zeros(0)
    logged = key.propensity[(key.propensity > 0) & (key.propensity <= 1)]
    return 1.0 / np.maximum(logged, np.finfo(np.float64).tiny)


def _refusal(truths: int, weights: Doubles, ess: float) -> str:
    """Why the weights do not correct anything; empty where they do."""
    n = len(weights)
    if n == 0:
        return (
            f"{REWARDS}: what people could choose was what they were shown, and the log does not "
            f"hold the chance with which that was for any of the {truths:,} truths."
        )
    told = f"{REWARDS}, and the propensities that were logged for {n:,} of {truths:,} truths "
    certain = float((weights <= 1 / CERTAIN).mean())
    if certain > MOST_CERTAIN:
        return (
            f"{told}do not correct it: {100 * certain:.3g} % of them are 1, a fixed order, which "
            "says nothing of what was not shown."
        )
    needed = max(FEWEST, LEAST_SHARE * n)
    if ess < needed:
        return (
            f"{told}are too few or too uneven to correct it: their weights are worth "
            f"{int(ess):,} of them, and {needed:,.0f} are needed."
        )
    return ""


def _to_do(dataset: Dataset) -> str:
    named = {Columns.POSITION: "the position", Columns.PROPENSITY: "the propensity"}
    missing = [words for name, words in named.items() if name not in dataset.context_columns]
    what = " and ".join(missing) or "position and propensity"
    return (
        f"Log {what} of each item shown from now on, some of them drawn by chance "
        f"(`assay readiness {dataset.name} --plan FOLDER` writes how). `assay data audit "
        f"{dataset.name}` shows by how much a leaking split would flatter."
    )
