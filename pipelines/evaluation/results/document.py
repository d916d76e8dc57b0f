"""The document of a bake-off's results, on which scripts and pages rely.

`BakeoffDocument` is what `assay bakeoff --json` prints and what the workspace stores.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from pipelines.evaluation.results.evidence import EvidenceGrade
from pipelines.evaluation.results.ties import Ties
from pipelines.evaluation.results.windows import Drift, WindowResult
from pipelines.runtime.folders import is_name
from pipelines.statistics.interval import Interval

Kind = Literal["built", "third-party", "stand-in", "baseline"]
Status = Literal["scored", "not scored", "not comparable", "failed"]
State = Literal["pass", "fail", "value", "not run"]
Outcome = Literal["better", "equivalent", "worse", "inconclusive"]


def _one_name(text: str) -> str:
    if not is_name(text):
        raise ValueError(f"{text[:80]!r} cannot name a folder")
    return text


Name = Annotated[str, AfterValidator(_one_name)]
"""Of a folder: what a document names is looked for within its bake-off."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RequestTime(_Frozen):
    """Milliseconds of a request for one user, over requests made one at a time."""

    p50: float
    p95: float


class StageTime(_Frozen):
    """One step of a pipeline: how many items it keeps, their recall, its time."""

    stage: str
    keeps: int
    recall: float
    """Share of the held-out items still kept after this step (an upper bound for later steps)."""
    ndcg: float
    milliseconds: float
    """Per request, in a batch."""


class BehaviorResult(_Frozen):
    """One behavioral test of one contender; the tests are described in docs/behavior.md."""

    name: str
    title: str
    state: State
    """`value` where the test has no threshold."""
    reason: str = ""
    """Why it was not run, in one sentence; empty where it was."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """The ends of the value's 95% interval, where it has one."""
    threshold: float | None = None
    condition: str = ""
    """When the test passes, with the threshold; empty without one."""
    unit: str
    sentence: str
    """The finding in one sentence."""
    examples: list[dict[str, Any]] = []
    """A few cases: user ids, items as `{"item_id", "title"}`, lists of items, numbers."""


class Spread(_Frozen):
    """How much a contender's mean of the declared metric differs between fits with other seeds."""

    draws: bool
    """Whether it draws at random; else one fit stands for all."""
    refits: int
    """Number of fits that were scored, the first included."""
    sd: float | None = None
    """Standard deviation of the fits' means; None where fewer than two fits were scored."""
    low: float | None = None
    high: float | None = None
    """The lowest and the highest of the fits' means."""
    seconds: float = 0.0
    """What the fits after the first took, in processes of their own."""


class ContenderResult(_Frozen):
    """One contender's results."""

    name: Name
    title: str
    kind: Kind
    status: Status
    reason: str = ""
    """Why it was not scored, in one sentence; empty where it was."""
    metrics: dict[str, Interval] = {}
    """By name, `ndcg@10`; means over the users and the fits. Everything else, such as lists,
    times and behavioral tests, is of the first fit."""
    spread: Spread | None = None
    """None where it was asked once, as third parties are, and in documents of older versions."""
    fit_seconds: float | None = None
    request_ms: RequestTime | None = None
    peak_mb: float | None = None
    """The largest memory of its process, MB, libraries included."""
    preloaded_mb: float | None = None
    """Of `peak_mb`, the libraries that its process was forked with; None where it started anew."""
    model_mb: float | None = None
    requested: int = 0
    answered: int = 0
    calls: int = 0
    cost_usd: float = 0.0
    """What its calls were metered to cost: without a vendor's minimum or base fee of a month."""
    price_line: str = ""
    """The line of the price book that prices its calls; empty for a price of its own, without a
    price, and in documents of older versions."""
    over_budget: list[str] = []
    """The budget limits that it exceeds, as phrases."""
    chance_best: float | None = None
    """Probability of being best on the declared metric: its share of resamples of the users."""
    behavior: list[BehaviorResult] = []
    failed_required: list[str] = []
    """A sentence for each required behavioral test that it does not pass."""
    waterfall: list[StageTime] = []
    spec: dict[str, Any] | None = None
    spec_hash: str | None = None
    uses_moment: bool | None = None
    """Whether the time of a request can change its list; None where that is not known: of third
    parties, and in documents of older versions."""
    notes: list[str] = []
    mlflow_run_id: str | None = None


class Comparison(_Frozen):
    """A paired difference to the baseline (contender - baseline) and its outcome.

    Fields with a default may be missing from older documents.
    """

    contender: Name
    baseline: Name
    metric: str
    difference: float
    low: float
    high: float
    smallest_useful: float
    outcome: Outcome
    over_budget: bool = False
    failed_required: bool = False
    """Whether the contender fails a behavioral test that the manifest requires."""
    sentence: str
    confidence: float = 0.95
    """The level of the interval from `low` to `high`."""
    adjustment: str = ""
    """How the interval is adjusted, `Holm over 3 contenders`; empty where it is not."""
    p: float | None = None
    """Of the paired t test; below 1 - `confidence` exactly where the interval excludes zero."""
    p_adjusted: float | None = None
    """By Holm where there is an `adjustment`, else by Benjamini and Hochberg over `looks`."""
    looks: int = 1
    """The number of comparisons that `p_adjusted` is adjusted for."""
    borderline: bool = False
    """Whether another machine's rounding may turn the outcome, since p, adjusted where the
    interval is, lies close to its threshold; or whether other seeds may (`same_again`)."""
    same_again: float | None = None
    """The probability that as many fits with other seeds give this outcome; None for one fit."""
    p_sign_flip: float | None = None
    """Of a declared comparison: the p of the sign-flip test, which assumes no distribution."""
    drawn_once: str = ""
    """`answer` or `fit` where a contender that may draw was asked or fitted only once."""
    overturning_sd: float | None = None
    """The smallest standard deviation between such answers that would overturn the outcome."""
    relative: Interval | None = None
    """The difference as a share of the baseline's mean, at the same level; None if undefined."""


class Exposure(_Frozen):
    """Whether the log has the propensities needed to correct for exposure bias."""

    truths: int
    propensities: int
    """Held-out interactions with a logged propensity in (0, 1]."""
    ess: float | None = None
    """Effective sample size of the weights 1 / propensity; None without any."""
    corrected: bool
    """Whether the effective sample size suffices, so that debiased metrics are computed."""
    sentence: str
    """The finding; also among the document's notes."""


class BakeoffDocument(_Frozen):
    """All results of a bake-off."""

    id: Name
    dataset: Name
    created: str
    """ISO 8601, UTC."""
    manifest: dict[str, Any]
    """The manifest's fields and its `hash`."""
    contenders: list[ContenderResult]
    comparisons: list[Comparison]
    notes: list[str] = []
    """Further remarks, such as a run that could not be logged to MLflow."""
    exposure: Exposure | None = None
    """None in documents of older versions."""
    ties: Ties | None = None
    """None where hardly any times tie, and in documents of older versions."""
    windows: list[WindowResult] = []
    """Each of several windows, oldest first; empty for a single split."""
    drift: list[Drift] = []
    """On the declared metric, from the first window to the last."""
    evidence: EvidenceGrade | None = None
    """What the checks of this bake-off found (docs/selftest.md); None in older documents."""
    mlflow_run_id: str | None = None

    def contender(self, name: str) -> ContenderResult | None:
        """The contender of that name; None if it did not take part."""
        return next((c for c in self.contenders if c.name == name), None)


def drawn_once(result: ContenderResult) -> str:
    """`answer` or `fit` where the contender may draw and was asked or fitted once, else empty."""
    if result.spread is None:
        return "answer" if result.kind in ("third-party", "stand-in") else ""
    return "fit" if result.spread.draws and result.spread.sd is None else ""


def titles_of(results: list[ContenderResult]) -> dict[str, str]:
    """The label of each contender by name: its title, or its name if it has no title of its own."""
    used = [r.title for r in results]
    return {r.name: r.title if r.title and used.count(r.title) == 1 else r.name for r in results}
