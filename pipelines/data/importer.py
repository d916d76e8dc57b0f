"""From a team's file to a dataset in the workspace: all of it accounted for, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.data import dataset as store
from pipelines.data import events, quarantine
from pipelines.data.assembly import finish, in_order
from pipelines.data.attributes import read_table
from pipelines.data.batches import batches
from pipelines.data.landing import check_name, next_version
from pipelines.data.lines import Counts
from pipelines.data.mapping import ITEM_NAMES, Match, match, plain, resolve
from pipelines.data.sources import Source, open_source
from pipelines.errors import AssayError
from pipelines.progress import Progress, part, silent
from pipelines.schema import Columns as C
from pipelines.schema import Vocabulary

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


@dataclass(frozen=True)
class Preview:
    """What an import would do: for a person to confirm.

    `mapping` is standard → source; `ambiguous` names the columns that fit one standard name
    equally well; `missing` the needed names without a column. `sample` has the first rows in
    mapped form (times as UTC), with the column `problem` where a row would go to quarantine.
    """

    columns: tuple[str, ...]
    mapping: dict[str, str]
    ambiguous: dict[str, list[str]]
    missing: list[str]
    sample: pd.DataFrame


def preview(path: Path, mapping: Mapping[str, str] | None = None, rows: int = 10) -> Preview:
    """The columns of a file, what they would be, and its first rows in mapped form."""
    import pandas as pd

    source = open_source(path)
    found: Match = match(source.columns, mapping)
    sample = pd.DataFrame(columns=list(found.mapping))
    if C.USER in found.mapping and C.ITEM in found.mapping:
        with _engine() as connection:
            columns = list(found.mapping.values())
            query = f"SELECT * FROM ({events.typed_sql(found.mapping)}) ORDER BY line LIMIT ?"
            parts = []
            for _ in batches(connection, source, columns, Counts()):
                parts.append(connection.execute(query, [rows]).df())
                if sum(map(len, parts)) >= rows:
                    break
        sample = pd.concat(parts, ignore_index=True)[:rows] if parts else sample
        sample = sample.rename(columns={"reason": "problem"})
        if C.TIME in found.mapping:
            sample[C.TIME] = pd.to_datetime(sample[C.TIME], unit="s", utc=True)
        shown = [*found.mapping, *(["problem"] if _any_problem(sample) else [])]
        sample = sample[shown]
    return Preview(source.columns, found.mapping, found.ambiguous, found.missing, sample)


def _any_problem(sample: pd.DataFrame) -> bool:
    return "problem" in sample and bool(sample["problem"].notna().any())


def import_file(
    path: Path,
    name: str,
    home_folder: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    items: Path | None = None,
    users: Path | None = None,
    progress: Progress = silent,
) -> Path:
    """Import a file of events as the next version of the dataset `name`.

    Returns its finished folder `<home_folder>/<name>/<version>`, which also holds
    `quarantine.parquet`. `mapping` is standard → source; what it leaves out is recognized by
    name. `items` and `users` are tables joined by id. Errors: an `AssayError`, and then
    nothing is written.
    """
    check_name(name)
    source = open_source(path)
    given = dict(mapping or {})
    for_items = {s: given.pop(s) for s in list(given) if s in ITEM_NAMES and s != C.ITEM}
    if for_items and items is None:
        raise AssayError(
            f"--map names {', '.join(for_items)}, which belong to a table of items; "
            "give that table by --items."
        )
    standard = resolve(source.columns, given)
    home_folder.mkdir(parents=True, exist_ok=True)
    with next_version(home_folder, name) as (incoming, final), _engine(incoming) as connection:
        about, frames = _read(connection, source, standard, items, users, for_items, progress)
        about |= {"name": name, "version": int(final.name)}
        progress(0.85, "Writing the dataset")
        dataset = finish(about, *frames)
        store.save(dataset, incoming)
        quarantine.write(connection, incoming)
    progress(1.0, f"{dataset.about.kept:,} events kept")
    return final


def _read(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    standard: dict[str, str],
    items: Path | None,
    users: Path | None,
    for_items: Mapping[str, str],
    progress: Progress,
) -> tuple[dict[str, Any], tuple[Any, pd.DataFrame, pd.DataFrame]]:
    import pandas as pd

    quarantine.create(connection)
    events.create(connection)
    # The small tables first: a mistake in them should not wait for the large one.
    notes: list[str] = []
    tables: dict[str, pd.DataFrame | None] = {"items": None, "users": None}
    for table, path, given in (("items", items, for_items), ("users", users, None)):
        if path is not None:
            same = standard[C.ITEM if table == "items" else C.USER]
            tables[table], said = read_table(connection, path, table, given, same)
            notes += said
    item_table, user_table = tables["items"], tables["users"]

    counts = Counts()
    reading = part(progress, 0, 0.7)
    for _ in batches(connection, source, list(standard.values()), counts, reading):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE typed AS {events.typed_sql(standard)}")
        connection.execute(
            'INSERT INTO events SELECT line, user_id, item_id, weight, "timestamp" '
            "FROM typed WHERE reason IS NULL"
        )
        quarantine.add_from(connection, "events", "typed", "reason")
    reasons = quarantine.by_reason(connection)
    bad = sum(reasons.values())
    _check_any_kept(source, counts, reasons)

    progress(0.7, "Sorting the events")
    more = pd.DataFrame({C.ITEM: pd.Series(dtype=str)}) if item_table is None else item_table
    connection.register("more_items", more[[C.ITEM]].astype(str))
    interactions, user_ids, item_ids, folded = events.fold(connection, standard)
    about = {
        "origin": _origin(source, counts, notes),
        "rows_in": counts.records,
        "kept": len(interactions),
        "folded": folded,
        "quarantined": bad,
        "mapping": standard,
    }
    if len(interactions) + folded + bad != counts.records:
        raise RuntimeError(
            f"rows do not add up: {counts.records} in, {len(interactions)} kept, {folded} "
            f"folded, {bad} quarantined"
        )
    item_frame = _frame(item_table, C.ITEM, item_ids)
    return about, (interactions, item_frame, _frame(user_table, C.USER, user_ids))


def _frame(table: pd.DataFrame | None, key: str, ids: Vocabulary) -> pd.DataFrame:
    import pandas as pd

    if table is None:
        return pd.DataFrame({key: pd.Series(ids.ids, dtype="str")})
    return in_order(table, key, ids)


def _check_any_kept(source: Source, counts: Counts, reasons: dict[str, int]) -> None:
    name = repr(source.path.name)
    if counts.records == 0:
        raise AssayError(f"{name} has a header and no rows; export it again with its rows.")
    if sum(reasons.values()) == counts.records:
        reason, n = next(iter(reasons.items()))
        raise AssayError(
            f"None of the {counts.records:,} rows of {name} can be used, {n:,} of them because: "
            f"{reason}; look at the file, or map other columns by --map."
        )


def _origin(source: Source, counts: Counts, notes: list[str]) -> str:
    said = [f"Imported from {source.path.name}"]
    if counts.stray_quotes:
        said.append(
            f"lines with an unmatched quote mark, read as plain text: {counts.stray_quotes:,}"
        )
    if counts.recoded:
        said.append(f"lines that were not UTF-8, read as Windows-1252: {counts.recoded:,}")
    ignored = [c for c in source.columns if plain(c) in ("eventtype", "feedbacktype", "eventname")]
    said += [f"all kinds of event in {c!r} count alike" for c in ignored]
    return "; ".join(said + notes) + "."


@contextmanager
def _engine(folder: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB in memory, UTC, without extensions from the network; it spills into `folder`."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "TimeZone": "UTC",
    }
    if folder is not None:
        config["temp_directory"] = str(folder / "spill")
    with duckdb.connect(":memory:", config=config) as connection:
        connection.execute("SET enable_progress_bar = false")
        yield connection
