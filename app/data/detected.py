"""What a file shows of how its text is read, for fields that the user leaves empty."""

from __future__ import annotations

from collections.abc import Collection

from pipelines.data.importing.planning import Plan
from pipelines.data.recipe import Decimal
from pipelines.data.sources import Source

UNKNOWN = "detected"
SEPARATORS = {
    ",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "space",
    "\x01": "character 1",
}  # fmt: skip
DECIMALS: dict[Decimal, str] = {".": "point", ",": "comma"}
OF_TEXT = ("separator", "encoding", "escape", "skip_lines", "columns")
KINDS = {"jsonl": "JSON", "parquet": "Parquet"}


def of_plan(planned: Plan) -> dict[str, str]:
    """What is detected in the first file of events, by the field of `Reading`."""
    source = planned.sources[0]
    if not isinstance(source, Source):
        return {}
    mark = planned.recipe.reading.decimal
    return of_source(source, () if mark is None else (mark,))


def of_source(source: Source, decimals: Collection[Decimal]) -> dict[str, str]:
    """What is detected in a file, by the field of `Reading`; `decimals` are marks of numbers."""
    marks = [DECIMALS[mark] for mark in sorted(decimals)] or [DECIMALS["."]]
    found = {"decimal": f"{UNKNOWN}: {' or '.join(marks)}"}
    if source.kind != "parquet":
        found["encoding"] = f"{UNKNOWN}: {encoding(source)}"
    if source.kind == "csv":
        found["separator"] = f"{UNKNOWN}: {SEPARATORS.get(source.separator, source.separator)}"
        escape = {"\\": "backslash", "": "none"}.get(source.reading.escape or "")
        found["escape"] = f"{UNKNOWN}: {escape or source.reading.escape}"
        found["skip_lines"] = f"{UNKNOWN}: {source.skipped}"
        found["columns"] = f"{UNKNOWN}: line {source.skipped + 1}"
        return found
    return dict.fromkeys(OF_TEXT, f"not used: {KINDS[source.kind]}") | found


def encoding(source: Source) -> str:
    """The encoding as its standard writes it; what else a line may be read as."""
    if source.recoded:
        return "UTF-8, other lines Windows-1252"
    return source.encoding.upper() if source.encoding.startswith("utf") else source.encoding
