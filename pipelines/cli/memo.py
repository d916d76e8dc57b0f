"""`assay memo`: the memo of a saved decision as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import open_workspace
from pipelines.errors import AssayError

ENDINGS = (".html", ".htm", ".pdf")


def memo(
    decision: Annotated[
        int, typer.Argument(metavar="ID", help="Id of a saved decision: `assay decisions list`.")
    ],
    out_file: Annotated[Path, typer.Option("--out", help="The .html or .pdf file to write.")],
) -> None:
    """Write the memo of a saved decision as an HTML or a PDF file.

    It is the memo as it was saved on the page Decide. PDF needs the extra `assay[pdf]`.
    """
    from pipelines.cli import output as out

    if out_file.suffix.lower() not in ENDINGS:
        raise AssayError(
            f"{out_file.name} is neither an .html nor a .pdf file; name one with --out."
        )
    if not out_file.parent.is_dir():
        raise AssayError(f"There is no folder {out_file.parent}; make it first.")
    html = open_workspace().decision(decision).memo
    content = html.encode()
    if out_file.suffix.lower() == ".pdf":
        from pipelines.economics.memo_pdf import to_pdf

        content = to_pdf(html)
    try:
        out_file.write_bytes(content)
    except OSError as error:
        raise AssayError(f"{out_file} cannot be written: {error.strerror or error}.") from None
    out.warn(f"Written to {out_file}.")
