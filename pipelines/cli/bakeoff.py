"""`assay bakeoff`: evaluate contenders on the same manifest and compare them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import AsJson, DataName, Length, open_workspace
from pipelines.runtime.phrases import number_of

if TYPE_CHECKING:
    from pipelines.data.dataset import Dataset
    from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
    from pipelines.recommender.spec import Spec


def bakeoff(
    data: DataName,
    specs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SPEC…", help="A built-in spec, a candidate generator, or a TOML file."
        ),
    ] = None,
    third_party: Annotated[
        list[str] | None,
        typer.Option(
            "--third-party", help="stand-in, exported:FILE or personalize:NAME; repeatable."
        ),
    ] = None,
    split: Annotated[
        str,
        typer.Option(
            "--split",
            help="time:F or time:DATE; windows:N for N of them, pooled; or a benchmark protocol: "
            "last-n:N, leave-one-out, users:F.",
        ),
    ] = "time:0.9",
    k: Length = 10,
    eval_users: Annotated[
        int | None,
        typer.Option("--eval-users", min=1, help="Evaluate a random sample of at most N users."),
    ] = None,
    baseline: Annotated[
        str, typer.Option("--baseline", help="The contender to compare with.")
    ] = "popular",
    metric: Annotated[
        str, typer.Option("--metric", help="The declared metric; default: ndcg@K.")
    ] = "",
    budget_p95: Annotated[
        float | None,
        typer.Option("--budget-p95", help="Maximum 95th-percentile latency of a request, ms."),
    ] = None,
    required: Annotated[
        list[str] | None,
        typer.Option(
            "--require",
            help="A behavioral test to pass, such as one-item or one-item=0.3; repeatable.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Seed of the sample and the models.")
    ] = 0,
    refits: Annotated[
        int,
        typer.Option(
            "--refits",
            min=1,
            max=20,
            help="How often a contender that draws at random is fitted, with other seeds.",
        ),
    ] = 3,
    tie_orders: Annotated[
        int | None,
        typer.Option(
            "--tie-orders",
            min=0,
            max=10,
            help="Other orders to try of events with the same time; default: 2 where the order "
            "decides which items are held out.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Evaluate and compare contenders.

    All are evaluated on the same manifest; Random and Popular always run.
    """
    from pipelines.cli import output as out
    from pipelines.evaluation.bakeoff.request import BakeoffRequest
    from pipelines.workspace.bakeoffs import run

    request = BakeoffRequest.of(
        {
            "dataset": data,
            "specs": specs or [],
            "third_party": third_party or [],
            "split": split,
            "k": k,
            "eval_users": eval_users,
            "baseline": baseline,
            "metric": metric or f"ndcg@{k}",
            "budget": {"p95_ms": budget_p95},
            "required": required or [],
            "seed": seed,
            "refits": refits,
            "tie_orders": tie_orders,
        }
    )
    built = [e.spec for e in request.entries if e.spec is not None and e.kind == "built"]
    workspace = open_workspace()
    print_forecasts(workspace.dataset(data), built)
    with out.progress("bake-off") as progress:
        document = run(workspace, request, progress)
    print_bakeoff(document, as_json)
    if not any(c.status == "scored" and c.kind != "baseline" for c in document.contenders) and any(
        c.kind != "baseline" for c in document.contenders
    ):
        raise typer.Exit(1)


def print_forecasts(dataset: Dataset, specs: Sequence[Spec]) -> None:
    """Print the expected time and memory of each spec's training to stderr."""
    from pipelines.cli import output as out
    from pipelines.prices.rent import server_usd
    from pipelines.recommender.forecast import forecast
    from pipelines.recommender.pipeline import Pipeline
    from pipelines.stages.contract import DataShape

    events = dataset.interactions
    shape = DataShape(events.n_users, events.n_items, len(events))
    for spec in specs:
        found = forecast(Pipeline(spec).preflight(shape))
        out.warn(f"{spec.title or spec.name}: {found.sentence(server_usd(found.seconds))}")


def print_bakeoff(found: BakeoffDocument, as_json: bool) -> None:
    from pipelines.cli import output as out

    if as_json:
        out.document(found.model_dump(mode="json"))
        return
    from pipelines.evaluation.comparison.drift import pooling_sentence
    from pipelines.evaluation.comparison.moment import moment_sentence
    from pipelines.evaluation.comparison.ranking import best_first
    from pipelines.evaluation.comparison.sentences import spread_sentence

    manifest = found.manifest
    metric, k = manifest["metric"], manifest["k"]
    note = f" ({manifest['split_note']})" if manifest.get("split_note") else ""
    out.say(
        f"{number_of(manifest['users'], 'user')} ({manifest['users_without_history']:,} without a "
        f"history), {number_of(manifest['items'], 'item')}, split {manifest['split']}{note}."
    )
    out.say(pooling_sentence(found))
    table = out.new_table(
        "contender", f"{metric} (95%)", f"recall@{k}", f"coverage@{k}", "training (s)",
        "p95 latency (ms)", "peak memory (MB)", right=(2, 3, 4, 5, 6),
    )  # fmt: skip
    for c in best_first(found.contenders, metric):
        if c.status == "scored":
            table.add_row(
                c.title,
                out.interval(c.metrics.get(metric)),
                out.three(_value(c, f"recall@{k}")),
                out.three(_value(c, f"coverage@{k}")),
                out.three(c.fit_seconds),
                out.three(c.request_ms.p95 if c.request_ms else None),
                f"{c.peak_mb:,.0f}" if c.peak_mb else "–",
            )
    out.print_table(table)
    for c in found.contenders:
        if c.status != "scored":
            out.say(f"{c.title} is {c.status}: {c.reason}")
        elif c.kind != "baseline" and f"hit_rate@{k}" in c.metrics:
            out.say(_hit_rate(found, c))
    for comparison in found.comparisons:
        if comparison.metric == metric:
            out.say(comparison.sentence)
    for drift in found.drift:
        out.say(drift.sentence)
    for c in found.contenders:
        if text := spread_sentence(c, metric):
            out.say(text)
    out.say(found.ties.sentence if found.ties else "")
    out.say(moment_sentence(found))
    for c in found.contenders:
        out.say(_failed_tests(c, manifest.get("required", ())))
    for line in _evidence(found):
        out.say(line)
    for note in found.notes:
        out.say(f"Note: {note}")
    names = ", ".join(c.name for c in found.contenders)
    out.say(
        f"Bake-off {found.id}; for lists of a contender, run `assay recommend --bakeoff "
        f"{found.id} --contender NAME` ({names})."
    )


def _evidence(found: BakeoffDocument) -> list[str]:
    """What the checks found: flags in full, and the number of the others."""
    if found.evidence is None:
        return []
    return [
        f"Checks: {found.evidence.sentence}",
        *(f"FLAGGED, {check.name}: {check.sentence}" for check in found.evidence.flagged),
    ]


def _hit_rate(found: BakeoffDocument, contender: ContenderResult) -> str:
    """The contender's hit rate beside the baseline's, as a count of people."""
    from pipelines.evaluation.comparison.hit_rate import hit_rate_sentence
    from pipelines.evaluation.results.document import titles_of

    k = found.manifest["k"]
    metric, baseline = f"hit_rate@{k}", found.contender(found.manifest["baseline"])
    base = None if baseline is None else baseline.metrics.get(metric)
    rows = [c for c in found.comparisons if c.metric == metric]
    titles = titles_of(found.contenders)
    return hit_rate_sentence(
        contender.metrics[metric].value,
        k,
        contender=titles[contender.name],
        baseline="" if baseline is None else titles[baseline.name],
        baseline_rate=None if base is None else base.value,
        outcome=next((c.outcome for c in rows if c.contender == contender.name), None),
    )


def _failed_tests(contender: ContenderResult, required: Sequence[str]) -> str:
    """A sentence on the behavioral tests that the contender fails; empty if it fails none."""
    must = {name.partition("=")[0] for name in required}
    failed = [
        f"{one.name} (required{', not run' if one.state == 'not run' else ''})"
        if one.name in must
        else one.name
        for one in contender.behavior
        if one.state == "fail" or (one.state == "not run" and one.name in must)
    ]
    return f"{contender.title} fails behavioral tests: {', '.join(failed)}." if failed else ""


def _value(contender: ContenderResult, metric: str) -> float:
    found = contender.metrics.get(metric)
    return found.value if found else float("-inf")
