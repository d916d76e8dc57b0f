"""Findings on metadata, ids, odd accounts, and the rows of the file."""

from __future__ import annotations

from pipelines.data import outliers
from pipelines.data.readiness.checks.judging import at_least, at_most, told, unknown
from pipelines.data.readiness.facts import Facts
from pipelines.data.readiness.facts.ids import Ids
from pipelines.data.readiness.finding import Finding
from pipelines.schema import Columns

AGAIN = "Import the file again: this was not counted when the dataset was made."


def metadata(facts: Facts) -> list[Finding]:
    m = facts.metadata
    found = [
        at_most(
            "items without metadata, share", 1 - m.titled / max(m.items, 1), 0.2,
            "An item without title or category cannot be shown, ruled on, or found while new.",
            "Give a table of the items with titles and categories.", worst=0.8,
        )
    ]  # fmt: skip
    for whose, columns in (("item", m.item_columns), ("user", m.user_columns)):
        if columns:
            worst = min(columns, key=lambda c: columns[c])
            found.append(
                at_least(
                    f"least covered {whose} column, share", columns[worst], 0.8,
                    f"Of {len(columns)} columns, {worst} has the fewest values.",
                    f"Fill {worst}, or do without it: a model reads its gaps as a trait.",
                    below="thin",
                )
            )  # fmt: skip
    if m.text_length is None:
        found.append(
            unknown(
                "text of an item, median characters", 20,
                "Items without titles or descriptions cannot be compared by their words.",
                "Give a table of the items with titles or descriptions.",
            )
        )  # fmt: skip
    else:
        found.append(
            at_least(
                "text of an item, median characters", m.text_length, 20,
                "A title of two words hardly tells two items apart.",
                "Add descriptions of a sentence or more.", below="thin",
            )
        )  # fmt: skip
    if m.priced is None:
        found.append(
            unknown(
                "items with a price, share", 0.95,
                "Without prices a list cannot be weighed by what it earns.",
                f"Give the items' prices, in a column named {Columns.PRICE}, where they have any.",
            )
        )  # fmt: skip
    else:
        found.append(
            at_least(
                "items with a price, share", m.priced, 0.95,
                "A rule on price, or a value of a list, leaves out items without one.",
                "Fill in the missing prices; a price of 0 counts as missing.", below="thin",
            )
        )  # fmt: skip
    return found


def ids(facts: Facts) -> list[Finding]:
    return [
        *_hygiene("user", facts.users),
        *_hygiene("item", facts.items),
        at_most(
            "events of nobody in particular, share", facts.nobody.share, 0.0,
            "An account such as guest or unknown mixes many people's tastes into one."
            + (f" Found: {', '.join(facts.nobody.ids[:3])}." if facts.nobody.ids else ""),
            "Leave these accounts out of the export, or give each visitor a number.", worst=0.2,
        ),
        at_most(
            "events of machines and outliers, share", facts.flagged_share, 0.01,
            _flags(facts),
            "Look at these accounts; a recipe with outliers = \"drop\" leaves them out.", worst=0.1,
        ),
    ]  # fmt: skip


def _flags(facts: Facts) -> str:
    rules = (outliers.MACHINE_PACE, outliers.FAR_BEYOND, outliers.CATCH_ALL)
    counts = [f"{facts.flags.reasons.count(r)} by {r}" for r in rules if r in facts.flags.reasons]
    if not counts:
        return "Nobody's events come at a machine's pace or far beyond all others'."
    n = len(facts.flags)
    return f"{n:,} {'account' if n == 1 else 'accounts'} flagged: {', '.join(counts)}."


def _hygiene(whose: str, found: Ids) -> list[Finding]:
    odd = f" ({', '.join(found.odd)})" if found.odd else ""
    twins = f" ({' and '.join(found.twin_examples)})" if found.twin_examples else ""
    n = max(found.ids, 1)
    return [
        at_most(
            f"{whose} ids of another kind, share", found.mixed, 0.0,
            f"Words among numbers, or numbers among words{odd}, are mostly fees, tests or two "
            "systems in one column." if found.mixed else f"The {whose} ids are of one kind.",
            "Look at them, and leave out what is no " + ("person." if whose == "user" else "item."),
        ),
        at_most(
            f"{whose} ids with spaces, share", found.spaced / n, 0.0,
            "An id with spaces is often a name; names change, and some vendors refuse spaces."
            if found.spaced else f"No {whose} id holds a space.",
            "Use a stable code as the id.",
        ),
        at_most(
            f"{whose} ids with a case twin, share", found.twins / n, 0.0,
            f"Ids that differ by case alone{twins} are mostly one {whose} in two spellings."
            if found.twins else f"No two {whose} ids differ by case alone.",
            "Write ids in one case before the export.",
        ),
    ]  # fmt: skip


def rows(facts: Facts) -> list[Finding]:
    e = facts.exposure
    why_guests = (
        "Events that name no user, as of guest checkouts, teach nothing about any person and are "
        "left out."
    )
    guests, gone = "rows without a user, share", "returns and cancellations, share"
    why_gone = "Returns are taken out, so that what was sent back is not recommended for it."
    spaces = "rows with spaces around ids"
    why_spaces = "Such spaces are cut at import; other systems may count two ids."
    found = [
        at_most(
            "rows in quarantine, share", facts.quarantined_share, 0.01,
            "Rows that cannot be used are seldom missing at random"
            + (f"; the commonest reason: {e.commonest_reason}." if e.commonest_reason else "."),
            "Look at the quarantine file and mend the export.", worst=0.2,
        ),
        unknown("folded rows, share", 0.2, "Nothing tells how many rows there were.", AGAIN)
        if e.folded_share is None else at_most(
            "folded rows, share", e.folded_share, 0.2,
            "Rows that repeat another one (same person, item and moment) count once.",
            "Look whether the export holds each event twice.",
        ),
    ]  # fmt: skip
    if facts.is_sample:
        return found  # a sample has no file of its own whose rows could be judged
    if e.guest_share is None or e.return_share is None or e.spaces is None:
        checks = ((guests, 0.05, why_guests), (gone, None, why_gone), (spaces, 0, why_spaces))
        return [*found, *(unknown(check, limit, why, AGAIN) for check, limit, why in checks)]
    return [
        *found,
        at_most(
            guests, e.guest_share, 0.05, why_guests,
            "Give guests a lasting visitor number (a cookie, the hash of their mail address), and "
            "export it as the user.", worst=0.3,
        ),
        told(gone, e.return_share, why_gone),
        at_most(
            spaces, e.spaces, 0, why_spaces, "Cut the spaces in the export.",
        ),
    ]  # fmt: skip
