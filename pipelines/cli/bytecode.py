"""Writes the bytecode of what Assay imports: `python -m pipelines.cli.bytecode`, after installing.

uv installs source alone. Where Python may not write bytecode (PYTHONDONTWRITEBYTECODE, as in most
containers), every process would compile some thousand files of its libraries anew: 3 to 10 s of
processor time. Elsewhere the first processes would, several of them the same files at once.
"""

from __future__ import annotations

import compileall
import sys
from importlib import import_module

from pipelines.runtime import paths
from pipelines.workspace.preload import PRELOAD

OTHERS = (
    "pipelines.cli.output", "pipelines.workspace.study_runs", "pipelines.data.importing.importer",
    "alembic.command", "boto3", "duckdb", "rich.progress", "surprise", "mlflow.pyfunc", "altair",
    "streamlit.web.bootstrap", "streamlit.testing.v1", "vl_convert",
)  # fmt: skip
"""What is imported later than the fork server's modules, with all that it imports itself."""


def main() -> int:
    """Compile our own files, and import the others so that Python compiles them."""
    sys.dont_write_bytecode = False
    for package in ("pipelines", "app"):
        compileall.compile_dir(paths.CHECKOUT / package, quiet=2)
    for name in (*PRELOAD.now, *PRELOAD.later, *OTHERS):
        try:
            import_module(name.partition(":")[0])
        except ImportError as error:  # it fails again, and is told, where it is used
            print(f"{name} cannot be imported: {error}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
