"""The command line: the same verbs as the app. Scripts rely on `--json` and exit codes.

With `--json` one document stands on stdout and nothing else; progress goes to stderr.
Bad input ends with exit code 2 and one sentence. Modules are imported where they are
used, so that `assay --help` answers at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli_compare import compare
from pipelines.cli_data import data_app
from pipelines.cli_evaluate import evaluate
from pipelines.cli_options import AsJson, DataName, Length, SplitText, open_workspace
from pipelines.cli_slices import slices
from pipelines.errors import AssayError

app = typer.Typer(
    name="assay",
    help="Build your recommender, buy one, or fix the data first: measured on your own data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(data_app, name="data")
app.command()(evaluate)
app.command()(slices)


def main() -> None:
    """The console script: a person's mistake is one sentence and exit code 2."""
    try:
        app(standalone_mode=True)
    except AssayError as error:
        print(f"assay: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # The reader went away (`assay data list | head`): nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:
        if os.environ.get("ASSAY_DEBUG"):
            raise
        print(
            f"assay: something broke that is not your fault: {type(error).__name__}: {error}. "
            "Run it again with ASSAY_DEBUG=1 and report what it prints.",
            file=sys.stderr,
        )
        sys.exit(1)


@app.command()
def readiness(
    name: Annotated[str, typer.Argument(help="Name of the dataset.")],
    plan: Annotated[
        Path | None,
        typer.Option("--plan", help="Write what to log from now on into this folder."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What the data can and cannot support, per approach, and what to log from now on."""
    from pipelines import cli_output as out
    from pipelines.data import readiness as ready
    from pipelines.data.readiness import tracking_plan

    report = ready.report(open_workspace().dataset(name))
    written = tracking_plan.write(plan, report) if plan is not None else ()
    if as_json:
        out.document(report.document())
    else:
        out.readiness(report)
        for path in written:
            out.say(f"Written: {path}")


@app.command()
def bakeoff(
    data: DataName,
    specs: Annotated[
        list[str] | None, typer.Argument(metavar="SPEC…", help="A name that ships, or a TOML file.")
    ] = None,
    third_party: Annotated[
        list[str] | None,
        typer.Option("--third-party", help="stand-in, exported:FILE or personalize:NAME; repeat."),
    ] = None,
    split: SplitText = "time:0.9",
    k: Length = 10,
    eval_users: Annotated[
        int | None, typer.Option("--eval-users", min=1, help="Evaluate at most so many users.")
    ] = None,
    baseline: Annotated[str, typer.Option("--baseline", help="Compare with this one.")] = "popular",
    metric: Annotated[
        str, typer.Option("--metric", help="The declared metric, such as ndcg@10.")
    ] = "",
    budget_p95: Annotated[
        float | None, typer.Option("--budget-p95", help="Allowed p95 of a request, ms.")
    ] = None,
    required: Annotated[
        list[str] | None,
        typer.Option("--require", help="A test to pass: one-item, or one-item=0.3; repeat."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 0,
    as_json: AsJson = False,
) -> None:
    """Let contenders answer the same manifest, and compare them. Random and Popular always are."""
    from pipelines import cli_output as out
    from pipelines.evaluation.request import BakeoffRequest, entries
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
        }
    )
    entries(request)  # wrong contenders are told before anything is loaded
    workspace = open_workspace()
    out.forecasts(workspace.dataset(data), request.specs)
    with out.progress("bake-off") as progress:
        document = run(workspace, request, progress)
    out.bakeoff(document, as_json)
    if not any(c.status == "scored" and c.kind != "baseline" for c in document.contenders) and any(
        c.kind != "baseline" for c in document.contenders
    ):
        raise typer.Exit(1)


app.command()(compare)


@app.command()
def recommend(
    bakeoff_id: Annotated[str, typer.Option("--bakeoff", help="Id of a bake-off.")],
    contender: Annotated[str, typer.Option("--contender", help="Name of a contender in it.")],
    user: Annotated[str | None, typer.Option("--user", help="A user's id.")] = None,
    history: Annotated[
        str | None, typer.Option("--history", help="Item ids, newest last, divided by commas.")
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="All users that were evaluated.")] = False,
    out_file: Annotated[
        Path | None, typer.Option("--out", help="With --all: a .csv or .parquet file.")
    ] = None,
    k: Length = 10,
    as_json: AsJson = False,
) -> None:
    """Lists of a contender, computed anew, for a user, a history or everyone."""
    from pipelines import cli_output as out
    from pipelines.recommend import evaluated_users, open_contender

    if [user is not None, history is not None, everyone].count(True) != 1:
        raise AssayError("Say whom for, with one of --user U, --history ITEM,ITEM or --all.")
    if everyone and out_file is None:
        raise AssayError(
            "--all writes a file: name it with --out lists.csv or --out lists.parquet."
        )
    workspace = open_workspace()
    folder = workspace.bakeoff_folder(bakeoff_id)
    opened = open_contender(folder, contender)
    if history is not None:
        items = [part.strip() for part in history.split(",") if part.strip()]
        frame = opened.recommend(histories=[items], k=k)
    else:
        users = evaluated_users(folder) if everyone else [str(user)]
        frame = opened.recommend(users=users, k=k)
    if history is not None and not items:
        out.warn("An empty history: popular items answer.")
    if out_file is not None:
        out.write_frame(frame, out_file)
        if as_json:
            out.document({"file": str(out_file), "rows": len(frame), "k": k})
    else:
        out.lists(opened.with_titles(frame), as_json)


@app.command()
def export(
    data: DataName,
    vendor: Annotated[str, typer.Option("--for", help="The vendor: personalize.")],
    out_folder: Annotated[Path, typer.Option("--out", help="A new folder.")],
    split: SplitText = "time:0.9",
    k: Length = 25,
    as_json: AsJson = False,
) -> None:
    """What a vendor needs: training rows only, the users to ask for, hashes."""
    from pipelines import cli_output as out
    from pipelines.adapters import handover
    from pipelines.data.split import Protocol
    from pipelines.data.split import split as cut

    if vendor != "personalize":
        raise AssayError(f"There is no export for {vendor!r} yet; use --for personalize.")
    dataset = open_workspace().dataset(data)
    protocol = Protocol.of_bakeoff(split, third_parties=True)
    parts = cut(dataset.interactions, protocol, seen=dataset.about.seen)
    written = handover.write(dataset, parts, out_folder, k)
    out.exported(written, out_folder, as_json)


@app.command()
def decide(
    case: Annotated[
        str, typer.Option("--case", help="shop, video, data-poor, or a TOML file.")
    ] = "",
    bakeoff_id: Annotated[
        str | None, typer.Option("--bakeoff", help="Id of a bake-off to feed it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build, buy, both in turn, or neither: the reckoning, with what would reverse it."""
    from pipelines import cli_output as out
    from pipelines.economics.reckoning import reckon

    if not case and bakeoff_id is None:
        raise AssayError(
            "Name a case with --case (shop, video, data-poor or a file), or a --bakeoff."
        )
    document = None
    if bakeoff_id is not None:
        document = open_workspace().bakeoff(bakeoff_id).model_dump(mode="json")
    out.decision(reckon(case or None, document), as_json)


@app.command()
def run(
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser")] = False,
) -> None:
    """Start the app on this machine alone (127.0.0.1)."""
    from pipelines.start import start

    start(port, open_browser=browser)


@app.command()
def demo() -> None:
    """The main job without a screen, on the bundled sample: readiness, comparison, decision."""
    from pipelines.demo import demo as play

    play(open_workspace())


if __name__ == "__main__":
    main()
