"""The evidence of a bake-off for a decision: cost, completeness and comparisons, never uplift."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from pipelines.errors import AssayError
from pipelines.evaluation.comparison.leading import Entry, in_order, sponsored_rule
from pipelines.evaluation.comparison.ranking import better_sign
from pipelines.evaluation.metrics.names import label

SAMPLES = frozenset({"movielens-small", "complete-journey"})
Readiness = Literal["enough", "needs more", "unknown"]
_OUTCOMES = {
    "better": "is better than",
    "equivalent": "is equivalent to",
    "worse": "is worse than",
    "inconclusive": "is not certainly different from",
}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Contender(_Frozen):
    """One contender: what it costs to run, and whether it was scored."""

    name: str
    title: str = ""
    """As the pages name it; empty if it has no title."""
    kind: Literal["built", "third-party", "baseline"]
    status: str
    reason: str = ""
    fit_seconds: float | None = None
    p95_ms: float | None = None
    model_mb: float | None = None


class Outcome(_Frozen):
    """The outcome of one comparison, without its size on purpose: it is not an uplift."""

    contender: str
    baseline: str
    metric: str
    outcome: str
    over_budget: bool = False
    failed_required: bool = False
    borderline: bool = False
    """Whether another machine or other seeds may turn the outcome."""


class Evidence(_Frozen):
    """What a decision uses of a dataset and its bake-off, if there is one; without stand-ins."""

    dataset: str
    is_sample: bool
    bakeoff_id: str = ""
    readiness: Readiness = "unknown"
    exposures: bool | None = None
    """Whether the dataset's events have impressions; None if unknown."""
    contenders: tuple[Contender, ...] = ()
    stand_ins: int = 0
    """How many stand-ins took part in the bake-off: Compare shows them, a decision leaves them
    out."""
    outcomes: tuple[Outcome, ...] = ()
    order: tuple[str, ...] = ()
    """The contenders in the order in which sentences name them, as Compare does."""
    users: int | None = None
    """How many users the bake-off evaluated."""
    checks: str = ""
    """Which checks of the bake-off ran and what they said; empty in older documents."""
    flagged: tuple[str, ...] = ()
    """What its checks flagged, a sentence each."""

    def of_kind(self, kind: str) -> list[Contender]:
        """The contenders of one kind (built, third-party, baseline)."""
        return [contender for contender in self.contenders if contender.kind == kind]

    def against_baselines(self, kind: str) -> dict[str, set[str]]:
        """Outcomes of that kind's contenders against the baselines, by contender."""
        names = {contender.name for contender in self.of_kind(kind)}
        baselines = {contender.name for contender in self.of_kind("baseline")}
        found: dict[str, set[str]] = {}
        for row in self.outcomes:
            if row.contender in names and row.baseline in baselines:
                found.setdefault(row.contender, set()).add(row.outcome)
        return found

    def better(self, kind: str = "") -> list[str]:
        """The contenders (of that kind) that are better than a baseline, the leading one first."""
        kinds = [kind] if kind else ["built", "third-party"]
        found = [
            name
            for one in kinds
            for name, outcomes in self.against_baselines(one).items()
            if "better" in outcomes
        ]
        return sorted(found, key=lambda n: self.order.index(n) if n in self.order else len(found))

    def title(self, name: str) -> str:
        """A contender's title; its name if it has none of its own."""
        titles = [one.title for one in self.contenders]
        found = next((one.title for one in self.contenders if one.name == name), "")
        return found if found and titles.count(found) == 1 else name

    def borderline(self, contender: str) -> bool:
        """Whether that contender is better than a baseline, but all such outcomes may turn."""
        baselines = {found.name for found in self.of_kind("baseline")}
        ahead = [
            row.borderline
            for row in self.outcomes
            if (row.contender, row.outcome) == (contender, "better") and row.baseline in baselines
        ]
        return bool(ahead) and all(ahead)

    def findings(self) -> list[str]:
        """Sentences on what checks flagged, on built contenders against third parties, and on
        those not scored."""
        kinds = {contender.name: contender.kind for contender in self.contenders}
        compared = [
            f"{self.title(row.contender)} {_OUTCOMES.get(row.outcome, 'was compared with')} "
            f"{self.title(row.baseline)} "
            f"({label(row.metric)}, offline{', borderline' if row.borderline else ''})"
            f"{', but over budget' if row.over_budget else ''}"
            f"{', but it fails a required test' if row.failed_required else ''}."
            for row in self.outcomes
            if {kinds[row.contender], kinds[row.baseline]} == {"built", "third-party"}
        ]
        not_scored = [
            f"{self.title(c.name)} is {c.status}. {c.reason or 'No reason was given.'}"
            for c in self.contenders
            if c.kind != "baseline" and c.status != "scored"
        ]
        return [*self.flagged, *compared, *not_scored]


def _counts(
    row: Mapping[str, Any], contenders: tuple[Contender, ...], manifest: Mapping[str, Any]
) -> bool:
    """Whether a comparison counts: on the declared metric, without stand-ins or other baselines."""
    kinds = {contender.name: contender.kind for contender in contenders}
    declared = manifest.get("baseline")
    return (
        row["contender"] in kinds
        and row["baseline"] in kinds
        and manifest.get("metric", row["metric"]) == row["metric"]
        # Beating Random is not informative: only the declared baseline counts.
        and (kinds[row["baseline"]] != "baseline" or declared in (None, row["baseline"]))
        and row["baseline"] != "random"
    )


def _order(rows: list[Mapping[str, Any]], outcomes: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """Contenders by `leading.in_order`, from those comparisons with a baseline that count."""
    by_name = {row["name"]: row for row in rows}
    entries = [
        Entry(
            one["contender"],
            by_name[one["contender"]]["kind"],
            one["outcome"],
            better_sign(one["metric"]) * float(one.get("difference") or 0.0),
            sponsored_rule(by_name[one["contender"]].get("spec")) is not None,
        )
        for one in outcomes
        if by_name[one["baseline"]]["kind"] == "baseline"
    ]
    return tuple(dict.fromkeys(in_order(entries)))


def _checks(evidence: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the checks of the bake-off said, in words."""
    if not evidence:
        return {}
    checks = evidence["checks"]
    missing = [
        f"“{_title(row)}” ({row['sentence'].rstrip('.')})"
        for row in checks
        if row["state"] == "could not run"
    ]
    not_run = f" Not run: {', '.join(missing)}." if missing else ""
    return {
        "checks": f"{evidence['sentence']}{not_run}",
        "flagged": tuple(
            f"The check “{_title(row)}” flags the bake-off: {row['sentence']}"
            for row in checks
            if row["state"] == "flagged"
        ),
    }


def _title(check: Mapping[str, Any]) -> str:
    """A check as people read it; its name where a document has no title."""
    return str(check.get("title") or check["name"])


def evidence_from_bakeoff(
    document: Mapping[str, Any],
    readiness: Readiness = "unknown",
    exposures: bool | None = None,
    is_sample: bool | None = None,
) -> Evidence:
    """The evidence in a bake-off's document (what `assay bakeoff --json` prints).

    `is_sample` defaults to whether the dataset is a built-in sample. Raises AssayError
    where the document is not a bake-off's.
    """
    try:
        dataset = str(document["dataset"])
        everyone = document["contenders"]
        rows = [row for row in everyone if row["kind"] != "stand-in"]
        contenders = tuple(
            Contender(
                name=row["name"],
                title=str(row.get("title") or ""),
                kind=row["kind"],
                status=row["status"],
                reason=row.get("reason") or "",
                fit_seconds=row.get("fit_seconds"),
                p95_ms=(row.get("request_ms") or {}).get("p95"),
                model_mb=row.get("model_mb"),
            )
            for row in rows
        )
        manifest = document.get("manifest") or {}
        counted = [
            row for row in document.get("comparisons", []) if _counts(row, contenders, manifest)
        ]
        users = manifest.get("users")
        outcomes = tuple(
            Outcome(
                contender=row["contender"],
                baseline=row["baseline"],
                metric=row["metric"],
                outcome=row["outcome"],
                over_budget=bool(row.get("over_budget")),
                failed_required=bool(row.get("failed_required")),
                borderline=bool(row.get("borderline")),
            )
            for row in counted
        )
        return Evidence(
            dataset=dataset,
            is_sample=dataset in SAMPLES if is_sample is None else is_sample,
            bakeoff_id=str(document.get("id", "")),
            readiness=readiness,
            exposures=exposures,
            contenders=contenders,
            stand_ins=len(everyone) - len(rows),
            outcomes=outcomes,
            order=_order(rows, counted),
            users=users if isinstance(users, int) else None,
            **_checks(document.get("evidence")),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise AssayError(
            "This is not a bake-off's document: use the output of `assay bakeoff --json` "
            f"({type(error).__name__}: {str(error).splitlines()[0]})."
        ) from error
