"""What was shown to users, and counts that only the import can make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.data.dataset import Dataset
from pipelines.data.readiness.event_kinds import count, kind
from pipelines.data.readiness.facts.stream import DAY, Stream
from pipelines.keys import distinct
from pipelines.schema import Columns as C
from pipelines.statistics.effective_size import effective_sample_size
from pipelines.statistics.proportions import wilson

COLUMNS = (C.IMPRESSION, C.POSITION, C.PROPENSITY, C.RECOMMENDATION)
EIGHT_WEEKS = 56 * DAY
NO_USER = "the user is missing"


@dataclass(frozen=True)
class Rate:
    """A share of `of` with its 95% interval (Wilson's)."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.of)


@dataclass(frozen=True)
class Propensities:
    """How shown items were drawn, from the rows (n) with a propensity in (0, 1]."""

    rows: int
    invalid: int
    """Rows with a propensity that is not a probability above zero."""
    certain: float
    """The share of rows with a propensity of (nearly) 1: the item was certain to be shown."""
    effective: float
    """Effective sample size of the weights 1 ÷ propensity, as a share of the rows (Kish 1965)."""


@dataclass(frozen=True)
class Exposure:
    """Figures on exposure and on the import; None if an older import did not record it."""

    columns: dict[str, float] | None
    """Share of the events with a value, for each of `COLUMNS`."""
    event_types: dict[str, int] | None
    """Rows by event type; empty if the data has no event types."""
    impressions: int | None
    propensities: Propensities | None
    open_rate: Rate | None
    main_reason: str
    """The most frequent reason for quarantine; empty if there is none or it is unknown."""
    guest_share: float | None
    """Share of the rows of the file without a user."""
    return_share: float | None
    folded_share: float | None
    spaces: int | None
    """Rows with leading or trailing spaces in the user or item id."""
    buyers: Rate | None
    """Users who bought, of those active in the last eight weeks; None without purchase events."""
    purchase_visits: int | None
    """Visits of the last 30 days in which two or more items were bought."""


def exposure(dataset: Dataset, stream: Stream) -> Exposure:
    about, arrivals = dataset.about, dataset.about.arrivals
    context = set(dataset.context_columns)
    # A sample is built by code that keeps every column it has, so its figures are complete.
    known = arrivals is not None or about.is_sample or dataset.context_file is not None
    columns = {c: _filled(dataset, c) if c in context else 0.0 for c in COLUMNS} if known else None
    codes, names = _codes(dataset)
    types = event_types(dataset, codes, names)
    reasons = {} if arrivals is None else arrivals.reasons
    sends = count(types, "send") or count(types, "impression")
    opens = count(types, "open")
    rows = max(about.rows_in, 1)
    impressions = None
    if columns is not None:
        shown = round(columns[C.IMPRESSION] * len(dataset.interactions))
        impressions = max(shown, count(types, "impression"))
    return Exposure(
        columns=columns,
        event_types=types if known else None,
        impressions=impressions,
        propensities=_propensities(dataset) if C.PROPENSITY in context else None,
        open_rate=Rate(opens, sends) if 0 < opens <= sends else None,
        main_reason=max(reasons, key=lambda r: reasons[r]) if reasons else "",
        guest_share=None if arrivals is None else arrivals.reasons.get(NO_USER, 0) / rows,
        return_share=None if arrivals is None else arrivals.returns / rows,
        folded_share=about.folded / rows if about.rows_in else None,
        spaces=None if arrivals is None else arrivals.spaces,
        buyers=None if codes is None else _buyers(stream, codes, names),
        purchase_visits=None if codes is None else _purchase_visits(stream, codes, names),
    )


def _filled(dataset: Dataset, column: str) -> float:
    from pipelines.data.readiness.facts.metadata import filled

    values = dataset.context([column])[column]
    return float(filled(values).mean()) if len(values) else 0.0


def _codes(dataset: Dataset) -> tuple[np.ndarray | None, list[str]]:
    """The type of each event as a code (n,), -1 if it has none, and the names of the types."""
    if C.EVENT not in dataset.context_columns:
        return None, []
    values = dataset.context([C.EVENT])[C.EVENT].astype("category")
    return values.cat.codes.to_numpy(), [str(c) for c in values.cat.categories]


def event_types(
    dataset: Dataset, codes: np.ndarray | None = None, names: list[str] | None = None
) -> dict[str, int]:
    """Rows by event type, empty if there are none.

    Of the whole file if the import counted them, else of the events kept (`codes` and `names`
    from `_codes`, read here if not given).
    """
    arrivals = dataset.about.arrivals
    if arrivals is not None and arrivals.event_types:
        return dict(arrivals.event_types)
    if codes is None:
        codes, names = _codes(dataset)
    if codes is None:
        return {}
    counts = np.bincount(codes[codes >= 0], minlength=len(names or []))
    return {name: int(n) for name, n in zip(names or [], counts, strict=True)}


def _propensities(dataset: Dataset) -> Propensities | None:
    import pandas as pd

    given = pd.to_numeric(dataset.context([C.PROPENSITY])[C.PROPENSITY], errors="coerce").dropna()
    values = given.to_numpy(float)
    if len(values) == 0:
        return None
    good = values[(values > 0) & (values <= 1)]
    weights = 1 / good
    effective = effective_sample_size(weights) / len(good) if len(good) else 0.0
    certain = float((good > 0.999).mean()) if len(good) else 0.0
    return Propensities(len(good), len(values) - len(good), certain, float(effective))


def _bought(codes: np.ndarray, names: list[str]) -> np.ndarray:
    return np.isin(codes, [at for at, name in enumerate(names) if kind(name) == "purchase"])


def _buyers(stream: Stream, codes: np.ndarray, names: list[str]) -> Rate | None:
    bought = _bought(codes, names)
    if bought.all() or not bought.any():
        return None
    lately = stream.events.time > stream.newest - EIGHT_WEEKS
    came = distinct(stream.events.user[lately])
    buyers = distinct(stream.events.user[lately & bought])
    return Rate(len(buyers), len(came))


def _purchase_visits(stream: Stream, codes: np.ndarray, names: list[str]) -> int | None:
    bought = _bought(codes, names) & (stream.events.time > stream.newest - 30 * DAY)
    if not bought.any():
        return None
    visit = np.cumsum(stream.begins)[bought]
    width = stream.events.n_items
    baskets = distinct(visit * width + stream.events.item[bought]) // width
    return int((np.bincount(baskets) >= 2).sum())
