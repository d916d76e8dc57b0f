"""What the command line prints: tables for people, one JSON document for scripts."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from pipelines.errors import AssayError
from pipelines.progress import Progress

if TYPE_CHECKING:
    import pandas as pd

    from pipelines.data.dataset import About, Dataset
    from pipelines.data.readiness import Report
    from pipelines.data.recipe import Recipe
    from pipelines.evaluation.results import BakeoffDocument, ContenderResult, Interval

# Where stdout is no terminal, rich would assume 80 columns and fold every table.
_out = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
_err = Console(stderr=True, highlight=False)


def document(value: Any) -> None:
    """One JSON document on stdout."""
    print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def say(text: str) -> None:
    if text:
        _out.print(text, markup=False)


def warn(text: str) -> None:
    """A sentence on stderr, beside the document on stdout."""
    _err.print(text, markup=False)


def heading(text: str) -> None:
    _out.print(f"\n{text}", style="bold")


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """A progress bar on stderr; a line per tenth where stderr is no terminal."""
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=_err, transient=True) as bars:
        task = bars.add_task(title, total=1.0)

        def show(share: float, message: str) -> None:
            bars.update(task, completed=share, description=message[:60])

        yield show


def new_table(*headers: str, right: Sequence[int] = ()) -> Table:
    """An empty table without rules; `right` names the columns of numbers."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for at, header in enumerate(headers):
        made.add_column(
            header, justify="right" if at in right else "left", overflow="fold", no_wrap=at > 0
        )
    return made


def print_table(filled: Table) -> None:
    _out.print(filled)


def three(value: float | None) -> str:
    """Three significant digits, without an exponent where people would not expect one."""
    if value is None:
        return "–"
    if value == 0 or 1e-4 <= abs(value) < 1e3:
        return f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) >= 1e3 else f"{value:.2e}"


def interval(found: Interval | None) -> str:
    if found is None:
        return "–"
    return f"{three(found.value)} ({three(found.low)} to {three(found.high)})"


def proposal(source: Any, recipe: Recipe, *, fixed: bool) -> None:
    """On stderr: what each column is taken for, before the rows are read."""
    from pipelines.data.importing.planning import plan

    planned = plan(source, recipe, fixed=fixed).settled()
    for standard, column in planned.recipe.columns.items():
        why = " (by its content)" if standard in planned.by_content else ""
        warn(f"{standard} from {column}{why}")
    unread = [c for c in planned.columns if c not in planned.recipe.columns.values()]
    unread = [c for c in unread if c not in planned.recipe.keep]
    if unread:
        warn(f"not read: {', '.join(unread[:12])}{' …' if len(unread) > 12 else ''}")
    if planned.recipe.times.order:
        warn(f"dates: {planned.recipe.times.order}")
    if len(planned.weights) > 1:
        told = ", ".join(f"{kind} {weight:g}" for kind, weight in planned.weights.items())
        warn(f"weights: {told}")


def imported(about: About, as_json: bool) -> None:
    fields = ("name", "rows_in", "kept", "folded", "quarantined", "filtered", "mapping")
    values = {name: getattr(about, name) for name in fields}
    values["version"] = about.version
    values["recipe_hash"] = about.recipe.hash if about.recipe else None
    values["steps"] = [step.model_dump() for step in about.steps]
    if as_json:
        document(values)
        return
    mapped = ", ".join(f"{theirs} as {ours}" for ours, theirs in about.mapping.items())
    say(f"{about.name}, version {about.version}: read {mapped}.")
    say(
        f"{about.rows_in:,} rows in: {about.kept:,} kept, {about.folded:,} folded, "
        f"{about.quarantined:,} quarantined, {about.filtered:,} filtered."
    )
    steps = new_table("step", "rows in", "rows out", "", right=(1, 2))
    for step in about.steps:
        steps.add_row(step.name, f"{step.rows_in:,}", f"{step.rows_out:,}", step.note)
    print_table(steps)
    for reason, n in (about.arrivals.reasons if about.arrivals else {}).items():
        say(f"quarantined: {n:,} rows, {reason}")
    if about.recipe:
        say(f"Recipe {about.recipe.hash[:12]}; `--again` runs next month's file through it.")
    if about.notice:
        say(about.notice)


def datasets(records: Sequence[Any], as_json: bool) -> None:
    rows = [
        {
            "name": r.name,
            "version": r.version,
            "events": r.about.kept if r.about else None,
            "sample": bool(r.about and r.about.is_sample),
            "fingerprint": r.about.fingerprint if r.about else None,
        }
        for r in records
    ]
    if as_json:
        document({"datasets": rows})
        return
    table = new_table("dataset", "version", "events", "origin", right=(1, 2))
    for row in rows:
        events = f"{row['events']:,}" if row["events"] else "not loaded yet"
        table.add_row(
            row["name"], str(row["version"]), events, "sample" if row["sample"] else "yours"
        )
    print_table(table)


def readiness(report: Report) -> None:
    say(report.sentence)
    table = new_table("approach", "readiness", "missing")
    table.columns[-1].no_wrap = False  # gaps with their dates are long
    for name, approach in report.approaches.items():
        table.add_row(name, approach.state, approach.missing)
    print_table(table)
    for name, approach in report.approaches.items():
        if approach.note:
            say(f"- {name}: {approach.note}")
    for state in ("not enough", "thin"):
        for finding in report.findings:
            if finding.state == state:
                say(f"- {finding.check} is {state}: {finding.why} {finding.todo}")


def forecasts(dataset: Dataset, specs: Sequence[Any]) -> None:
    """What each spec's fit would take, on stderr, before the bake-off begins."""
    from pipelines.compose import Pipeline
    from pipelines.preflight import forecast
    from pipelines.spec import Spec
    from pipelines.stage import DataShape

    events = dataset.interactions
    shape = DataShape(events.n_users, events.n_items, len(events))
    for given in specs:
        spec = Spec.load(given)
        told = forecast(Pipeline(spec).preflight(shape)).sentence
        _err.print(f"{spec.title or spec.name}: {told}", markup=False)


def bakeoff(found: BakeoffDocument, as_json: bool) -> None:
    if as_json:
        document(found.model_dump(mode="json"))
        return
    from pipelines.evaluation.metrics.sentence import visits
    from pipelines.evaluation.ranking import best_first

    manifest = found.manifest
    metric, k = manifest["metric"], manifest["k"]
    note = f" ({manifest['split_note']})" if manifest.get("split_note") else ""
    say(
        f"{manifest['users']:,} users, {manifest['items']:,} items, "
        f"split {manifest['split']}{note}; "
        f"{manifest['users_without_history']:,} users had no history."
    )
    table = new_table(
        "contender", f"{metric} (95 %)", f"recall@{k}", f"coverage@{k}", "fit, s", "p95, ms",
        "peak, MB", right=(2, 3, 4, 5, 6),
    )  # fmt: skip
    for c in best_first(found.contenders, metric):
        if c.status == "scored":
            table.add_row(
                c.title,
                interval(c.metrics.get(metric)),
                three(_value(c, f"recall@{k}")),
                three(_value(c, f"coverage@{k}")),
                three(c.fit_seconds),
                three(c.request_ms.p95 if c.request_ms else None),
                f"{c.peak_mb:,.0f}" if c.peak_mb else "–",
            )
    print_table(table)
    for c in found.contenders:
        if c.status != "scored":
            say(f"{c.title} is {c.status}: {c.reason}")
        elif c.kind != "baseline" and f"hit_rate@{k}" in c.metrics:
            say(f"{c.title}: {visits(c.metrics[f'hit_rate@{k}'], k)}")
    for comparison in found.comparisons:
        if comparison.metric == metric:
            say(comparison.sentence)
    for c in found.contenders:
        say(_behavior(c, manifest.get("required", ())))
    for note in found.notes:
        say(f"Note: {note}")
    names = ", ".join(c.name for c in found.contenders)
    say(
        f"Bake-off {found.id}; ask it again with `assay recommend --bakeoff {found.id} "
        f"--contender NAME` ({names})."
    )


def _behavior(contender: ContenderResult, required: Sequence[str]) -> str:
    """The behavioral tests that it fails, in one line; empty where it fails none."""
    must = {name.partition("=")[0] for name in required}
    told = [
        f"{one.name} (required{', not run' if one.state == 'not run' else ''})"
        if one.name in must
        else one.name
        for one in contender.behavior
        if one.state == "fail" or (one.state == "not run" and one.name in must)
    ]
    return f"{contender.title} fails behavioral tests: {', '.join(told)}." if told else ""


def _value(contender: ContenderResult, metric: str) -> float:
    found = contender.metrics.get(metric)
    return found.value if found else float("-inf")


def lists(frame: pd.DataFrame, as_json: bool) -> None:
    if as_json:
        document({"recommendations": json.loads(frame.to_json(orient="records"))})
        return
    table = new_table("rank", "item", "title", right=(0,))
    for row in frame.to_dict("records"):
        table.add_row(str(row["rank"]), str(row["item_id"]), str(row.get("title", "")))
    print_table(table)


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write lists as .csv or .parquet, whole or not at all."""
    if path.suffix not in (".csv", ".parquet"):
        raise AssayError(f"{path.name} is neither .csv nor .parquet; end --out with one of them.")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.suffix == ".csv":
            frame.to_csv(temporary, index=False)
        else:
            frame.to_parquet(temporary, index=False)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise AssayError(f"{path} cannot be written: {error.strerror or error}.") from None
    _err.print(f"{len(frame):,} rows in {path}", markup=False)


def exported(written: dict[str, Any], folder: Path, as_json: bool) -> None:
    if as_json:
        document(written)
        return
    say(f"Written to {folder}; README.txt in it says what to do with each file.")


def decision(found: Any, as_json: bool) -> None:
    """An `economics` decision: the answer first, then the options, then why."""
    values = found.document()
    if as_json:
        document(values)
        return
    say(f"Decision: {values['decision']}.")
    if values["options"]:
        table = new_table("option", "NPV, $k", "benefit, $k", "cost, $k", right=(1, 2, 3))
        for option in values["options"]:
            numbers = [option[key] for key in ("npv", "benefit", "cost")]
            table.add_row(option["name"], *(three(n) for n in numbers))
        print_table(table)
    for reason in values["reasons"]:
        say(f"- {reason}")
    if values["reverses"]:
        say("What would reverse it:")
    for condition in values["reverses"]:
        say(f"- {condition}")
