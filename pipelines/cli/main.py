"""The command line. Scripts may rely on `--json` and on the exit codes.

With `--json`, stdout holds one document and nothing else; progress goes to stderr. Invalid
input ends with exit code 2 and one sentence. Modules are imported where they are used, so
that `assay --help` is fast.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated

import typer

from pipelines.cli.bakeoff import bakeoff
from pipelines.cli.compare import compare
from pipelines.cli.data import data_app
from pipelines.cli.decide import decide
from pipelines.cli.evaluate import evaluate
from pipelines.cli.export import export
from pipelines.cli.listings import bakeoffs_app, decisions_app, jobs_app
from pipelines.cli.memo import memo
from pipelines.cli.options import open_workspace
from pipelines.cli.readiness import readiness
from pipelines.cli.recommend import recommend
from pipelines.cli.report import report
from pipelines.cli.run import run
from pipelines.cli.selftest import selftest
from pipelines.cli.slices import slices
from pipelines.cli.track import track
from pipelines.errors import AssayError, of_the_system
from pipelines.runtime import redact

app = typer.Typer(
    name="assay",
    help="Build a recommender, buy one, or fix the data first: measured on your own data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(data_app, name="data")
app.add_typer(bakeoffs_app, name="bakeoffs")
app.add_typer(jobs_app, name="jobs")
app.add_typer(decisions_app, name="decisions")
for command in (
    readiness,
    bakeoff,
    compare,
    slices,
    recommend,
    evaluate,
    export,
    report,
    memo,
    decide,
    track,
    selftest,
    run,
):
    app.command()(command)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"assay {version('assay')}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    pass


def main() -> None:
    """The console script; an `AssayError` prints one sentence and exits with code 2."""
    # Imports make many objects and little garbage: looking for it takes a tenth of a short command.
    gc.set_threshold(100_000, 50, 50)
    redact.logs()
    try:
        app(standalone_mode=True)
    except AssayError as error:
        from pipelines.cli.output import harmless

        print(f"assay: {harmless(redact.redact(str(error)))}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # The reader closed the pipe (`assay data list | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:
        if os.environ.get("ASSAY_DEBUG"):
            raise
        told = of_the_system(error)
        if told is not None:
            print(f"assay: {redact.redact(told)}", file=sys.stderr)
            sys.exit(2)
        print(
            f"assay: unexpected error, a bug in Assay: {type(error).__name__}: "
            f"{redact.redact(str(error))}. "
            "Run it again with ASSAY_DEBUG=1 and report the output.",
            file=sys.stderr,
        )
        sys.exit(1)


@app.command()
def demo() -> None:
    """Run all steps on the bundled sample.

    Readiness, a bake-off with a stand-in for a vendor, and a decision.
    """
    from pipelines.evaluation.bakeoff import preload

    preload.prepare()
    from pipelines.cli.demo import demo as run_demo

    run_demo(open_workspace())
