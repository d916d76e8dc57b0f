"""Findings on metadata, ids, shared accounts, suspected bots, and the rows of the file."""

from __future__ import annotations

from pipelines.data import outliers
from pipelines.data.readiness.checks.findings import at_least, at_most, figure, unknown
from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.facts.ids import Ids
from pipelines.data.readiness.finding import Finding
from pipelines.runtime.phrases import number_of
from pipelines.schema import Columns

IMPORT_AGAIN = "Import the file again: this was not counted when the dataset was imported."


def metadata(facts: Facts) -> list[Finding]:
    m = facts.metadata
    found = [
        at_most(
            "items without metadata, share", 1 - m.titled / max(m.items, 1), 0.2,
            "Items without title and category cannot be displayed, filtered by rules, or "
            "recommended while they are new.",
            "Provide a table of items with titles and categories.", worst=0.8,
        )
    ]  # fmt: skip
    for whose, columns in (("item", m.item_columns), ("user", m.user_columns)):
        if columns:
            worst = min(columns, key=lambda c: columns[c])
            found.append(
                at_least(
                    f"least covered {whose} column, share", columns[worst], 0.8,
                    f"Of {number_of(len(columns), 'column')}, {worst} has the fewest values.",
                    f"Fill {worst}, or leave it out: a model may take missing values for a "
                    "property.",
                    below="thin",
                )
            )  # fmt: skip
    if m.text_length is None:
        found.append(
            unknown(
                "text of an item, median characters", 20,
                "Items without titles or descriptions cannot be compared by their text.",
                "Provide a table of items with titles or descriptions.",
            )
        )  # fmt: skip
    else:
        found.append(
            at_least(
                "text of an item, median characters", m.text_length, 20,
                "Short titles are not enough to distinguish items by their text.",
                "Add descriptions of at least one sentence.", below="thin",
            )
        )  # fmt: skip
    if m.priced is None:
        found.append(
            unknown(
                "items with a price, share", 0.95,
                "Without prices, the revenue of a list cannot be computed.",
                f"Provide the items' prices in a column named {Columns.PRICE}, if they have any.",
            )
        )  # fmt: skip
    else:
        found.append(
            at_least(
                "items with a price, share", m.priced, 0.95,
                "Price rules and revenue figures leave out items without a price.",
                "Fill in the missing prices; a price of 0 counts as missing.", below="thin",
            )
        )  # fmt: skip
    return found


def ids(facts: Facts) -> list[Finding]:
    return [
        *_hygiene("user", facts.users),
        *_hygiene("item", facts.items),
        at_most(
            "events of shared accounts, share", facts.shared.share, 0.0,
            "An account such as guest or unknown mixes the preferences of many people."
            + (f" Found: {', '.join(facts.shared.ids[:3])}." if facts.shared.ids else ""),
            "Leave these accounts out of the export, or give each visitor an id.", worst=0.2,
        ),
        at_most(
            "events of suspected bots, share", facts.flagged_share, 0.01,
            _flags(facts),
            "Check these accounts; importing with --outliers drop leaves them out.", worst=0.1,
        ),
    ]  # fmt: skip


def _flags(facts: Facts) -> str:
    rules = (outliers.MACHINE_PACE, outliers.FAR_BEYOND, outliers.CATCH_ALL)
    counts = [f"{facts.flags.reasons.count(r)} by {r}" for r in rules if r in facts.flags.reasons]
    if not counts:
        return "No user's events come at machine pace or far beyond all others."
    return f"{number_of(len(facts.flags), 'account')} flagged: {', '.join(counts)}."


def _hygiene(whose: str, found: Ids) -> list[Finding]:
    mixed = f" ({', '.join(found.mixed_examples)})" if found.mixed_examples else ""
    by_case, by_number, by_unicode = (
        f" ({' and '.join(some)})" if some else ""
        for some in (found.case_examples, found.number_examples, found.unicode_examples)
    )
    n = max(found.ids, 1)
    return [
        at_most(
            f"{whose} ids of mixed types, share", found.mixed, 0.0,
            f"Words among numbers, or numbers among words{mixed}, are usually fees, tests or two "
            "systems in one column." if found.mixed else f"The {whose} ids are of one type.",
            f"Check these ids, and leave out those that are not {whose}s.",
        ),
        at_most(
            f"{whose} ids with spaces, share", found.spaced / n, 0.0,
            "An id with spaces is often a name; names change, and some vendors reject spaces."
            if found.spaced else f"No {whose} id contains a space.",
            "Use a permanent code as the id.",
        ),
        at_most(
            f"{whose} ids that differ only by case, share", found.by_case / n, 0.0,
            f"Ids that differ only by case{by_case} are usually the same {whose}, spelled "
            "differently."
            if found.by_case else f"No two {whose} ids differ only by case.",
            "Use the same case for all ids in the export, or import with --normalize-ids case.",
        ),
        at_most(
            f"{whose} ids that are the same number, share", found.by_number / n, 0.0,
            f"Ids that are the same number{by_number} are usually the same {whose}: a table "
            "with missing values wrote it with decimals, or a spreadsheet dropped its zeros."
            if found.by_number else f"No two {whose} ids are the same number.",
            "Export ids as text, or import with --normalize-ids decimals,zeros.",
        ),
        at_most(
            f"{whose} ids that differ only by Unicode form, share", found.by_unicode / n, 0.0,
            f"Ids that differ only by Unicode form{by_unicode} look alike and are usually the "
            f"same {whose}."
            if found.by_unicode else f"No two {whose} ids differ only by Unicode form.",
            "Use one Unicode form (NFC) in the export, or import with --normalize-ids unicode.",
        ),
    ]  # fmt: skip


def rows(facts: Facts) -> list[Finding]:
    e = facts.exposure
    why_guests = (
        "Events without a user, such as guest checkouts, say nothing about any user and are left "
        "out."
    )
    guests, returned = "rows without a user, share", "returns and cancellations, share"
    why_returned = "Returns are left out, so that returned items do not count as purchases."
    spaces = "rows with spaces around ids"
    why_spaces = "The import removes these spaces; other systems may count two ids."
    found = [
        at_most(
            "rows in quarantine, share", facts.quarantined_share, 0.01,
            "Rows that cannot be used are rarely missing at random"
            + (f"; the most frequent reason: {e.main_reason}." if e.main_reason else "."),
            "Check the quarantine file and fix the export.", worst=0.2,
        ),
        unknown("folded rows, share", 0.2, "The number of rows is unknown.", IMPORT_AGAIN)
        if e.folded_share is None else at_most(
            "folded rows, share", e.folded_share, 0.2,
            "Rows that repeat another one (same user, item and time) count once.",
            "Check whether the export contains each event twice.",
        ),
    ]  # fmt: skip
    if facts.is_sample:
        return found  # a sample has no file whose rows could be checked
    if e.guest_share is None or e.return_share is None or e.spaces is None:
        checks = (
            (guests, 0.05, why_guests), (returned, None, why_returned), (spaces, 0, why_spaces),
        )  # fmt: skip
        return [*found, *(unknown(check, limit, why, IMPORT_AGAIN) for check, limit, why in checks)]
    return [
        *found,
        at_most(
            guests, e.guest_share, 0.05, why_guests,
            "Give guests a permanent visitor id (a cookie, the hash of their email address), and "
            "export it as the user.", worst=0.3,
        ),
        figure(returned, e.return_share, why_returned),
        at_most(
            spaces, e.spaces, 0, why_spaces, "Remove the spaces in the export.",
        ),
    ]  # fmt: skip
