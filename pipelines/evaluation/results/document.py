"""The words and shapes of a bake-off's outcome; scripts and pages rely on them.

`BakeoffDocument` is what `assay bakeoff --json` prints and what the workspace keeps.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from pipelines.statistics.interval import Interval

Kind = Literal["built", "third-party", "stand-in", "baseline"]
Status = Literal["scored", "not scored", "not comparable", "failed"]
State = Literal["pass", "fail", "value", "not run"]
Outcome = Literal["better", "equivalent", "worse", "inconclusive"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RequestTime(_Frozen):
    """Milliseconds of one request for one person, over single requests."""

    p50: float
    p95: float


class StageTime(_Frozen):
    """One step of a pipeline: what it kept, its share of the truths, its time."""

    stage: str
    keeps: int
    recall: float
    """Share of the truths still in the list after this step (the ceiling of what follows)."""
    ndcg: float
    milliseconds: float
    """Per request, in a batch."""


class BehaviorResult(_Frozen):
    """One behavioral test of one contender; the tests are in docs/behavior.md."""

    name: str
    title: str
    state: State
    """`value` is only told: the test has no threshold."""
    reason: str = ""
    """Why it was not run, in one sentence; empty where it was."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """The ends of the value's 95 % interval, where it has one."""
    threshold: float | None = None
    condition: str = ""
    """When it is passed, in words with the threshold; empty without one."""
    unit: str
    sentence: str
    """What a lead reads."""
    examples: list[dict[str, Any]] = []
    """A few cases: ids of people, items as `{"item_id", "title"}`, lists of those, figures."""


class ContenderResult(_Frozen):
    """One contender's answer to the manifest."""

    name: str
    title: str
    kind: Kind
    status: Status
    reason: str = ""
    """Why it is not scored, in one sentence; empty where it is."""
    metrics: dict[str, Interval] = {}
    """By name, `ndcg@10`."""
    fit_seconds: float | None = None
    request_ms: RequestTime | None = None
    peak_mb: float | None = None
    model_mb: float | None = None
    requested: int = 0
    answered: int = 0
    calls: int = 0
    cost_usd: float = 0.0
    over_budget: list[str] = []
    """What of the manifest's budget it exceeds, in words."""
    chance_best: float | None = None
    """The share of resamples of the users in which it leads on the declared metric."""
    behavior: list[BehaviorResult] = []
    failed_required: list[str] = []
    """Behavioral tests that the manifest requires and it does not pass, in words."""
    waterfall: list[StageTime] = []
    spec: dict[str, Any] | None = None
    spec_hash: str | None = None
    notes: list[str] = []
    mlflow_run_id: str | None = None


class Comparison(_Frozen):
    """A paired difference to the baseline (contender - baseline) and what it says.

    Documents from before a field had none of it; its default says so.
    """

    contender: str
    baseline: str
    metric: str
    difference: float
    low: float
    high: float
    smallest_useful: float
    outcome: Outcome
    over_budget: bool = False
    failed_required: bool = False
    """The contender fails a behavioral test that the manifest requires."""
    sentence: str
    confidence: float = 0.95
    """The level of `low` to `high`."""
    adjustment: str = ""
    """What the interval is adjusted by, `Holm over 3 contenders`; empty where by nothing."""
    p: float | None = None
    """Of the paired t test; below 1 - `confidence` where the interval leaves zero out."""
    p_adjusted: float | None = None
    """By Holm where there is an `adjustment`, else by Benjamini and Hochberg over `looks`."""
    looks: int = 1
    """The number of comparisons that `p_adjusted` is adjusted over."""
    p_sign_flip: float | None = None
    """Of a declared comparison: the sign-flip test's, which assumes no shape of the values."""
    relative: Interval | None = None
    """The difference as a share of the baseline's mean, at the same level; None where none."""


class Exposure(_Frozen):
    """What is known of how people came to see what they took up."""

    truths: int
    propensities: int
    """Truths with a logged chance of having been shown, in (0, 1]."""
    ess: float | None = None
    """Effective sample size of the weights 1 / propensity, in truths; None without any."""
    corrected: bool
    """Whether the weights are worth enough, so that debiased metrics are given."""
    sentence: str
    """Also among the document's notes."""


class BakeoffDocument(_Frozen):
    """Everything a bake-off found."""

    id: str
    dataset: str
    created: str
    """ISO 8601, UTC."""
    manifest: dict[str, Any]
    """The manifest's fields and its `hash`."""
    contenders: list[ContenderResult]
    comparisons: list[Comparison]
    notes: list[str] = []
    """What a reader must know besides, such as a run that MLflow did not take."""
    exposure: Exposure | None = None
    """None in a document of an older version."""
    mlflow_run_id: str | None = None

    def contender(self, name: str) -> ContenderResult | None:
        """The contender of that name, if it took part."""
        return next((c for c in self.contenders if c.name == name), None)


def titles_of(results: list[ContenderResult]) -> dict[str, str]:
    """The label of each contender by name: its title, or its name if it has no title of its own."""
    used = [r.title for r in results]
    return {r.name: r.title if r.title and used.count(r.title) == 1 else r.name for r in results}
