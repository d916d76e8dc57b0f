"""What an import found, proposed and lost, as sentences for the command line and the app."""

from __future__ import annotations

from pipelines.data.dataset import About, ImportCounts, TableCounts, Unread
from pipelines.data.id_forms import SAID
from pipelines.runtime.phrases import number_of

FEW = 0.5
"""Below this share of joined ids, the sentence is a warning."""


def sentences(about: About) -> list[str]:
    """One sentence for each thing that a person should know; warnings first."""
    counts = about.arrivals
    if counts is None:
        return []
    return [*warnings(counts), *(joined(table) for table in counts.tables if not few(table))]


def warnings(counts: ImportCounts) -> list[str]:
    """What was lost or does not fit, one sentence each."""
    found = [joined(table) for table in counts.tables if few(table)]
    for table in counts.tables:
        found += rows(table)
    found += [unread(one) for one in counts.unread]
    if counts.future:
        found.append(
            f"{number_of(counts.future, 'event')} {'is' if counts.future == 1 else 'are'} later "
            f"than today, up to {counts.latest}; check the time column and its time zone."
        )
    return found


def without_option(note: str) -> str:
    """A note without the option of the command line that changes what it says."""
    before, sign, _ = note.partition("; --")
    return f"{before}." if sign else note


def few(table: TableCounts) -> bool:
    """Whether too few ids join for the table to be of use."""
    return table.joined < FEW * table.ids or bool(table.repairs)


def joined(table: TableCounts) -> str:
    """`12 of 24 items of the events have a row in items.csv`, and what keeps others apart."""
    what = table.table if table.ids != 1 else table.table[:-1]
    text = f"{table.joined:,} of {table.ids:,} {what} of the events have a row in {table.file!r}"
    if table.joined < table.ids:
        text += f" (none for {table.without!r}"
        text += f"; {table.alone!r} is only in the table)" if table.alone else ")"
    if table.repairs:
        form, n = next(iter(table.repairs.items()))
        text += f"; with --normalize-ids {form} ({SAID[form]}) {n:,} have one"  # type: ignore[index]
    elif table.joined == 0:
        text += "; check that both use the same ids"
    return text + "."


def rows(table: TableCounts) -> list[str]:
    """The rows and values of a table that were not used."""
    found = list(table.notes)
    if table.repeated:
        count = number_of(table.repeated, "row")
        repeats = "repeats an id and is" if table.repeated == 1 else "repeat an id and are"
        found.append(f"{count} of {table.file!r} {repeats} ignored; the first row of an id counts.")
    if table.quarantined:
        found.append(
            f"{number_of(table.quarantined, 'row')} of {table.file!r} "
            f"{'is' if table.quarantined == 1 else 'are'} in quarantine."
        )
    return found + [unread(one) for one in table.unread]


def unread(one: Unread) -> str:
    """`price: 3 values of 'orders.csv' cannot be read and are missing, first 'x' in line 7.`"""
    are = "cannot be read and is" if one.count == 1 else "cannot be read and are"
    return (
        f"{one.column}: {number_of(one.count, 'value')} of {one.file!r} {are} missing, "
        f"{'' if one.count == 1 else 'the first '}{one.value!r} in line {one.line:,}."
    )
