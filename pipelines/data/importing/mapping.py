"""Matches the columns of a file to standard columns (user, item, weight, time) by name.

Known names: those of MovieLens (`userId, movieId`), Microsoft's Recommenders (`userID,
itemID`), Amazon Personalize (`USER_ID, EVENT_VALUE`), Gorse (`UserId, FeedbackType`),
RecTools (`datetime`), GA4 (`user_pseudo_id`) and shop exports (`CustomerID, StockCode`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.errors import AssayError
from pipelines.schema import Columns as C

EVENT_NAMES: dict[str, tuple[str, ...]] = {
    C.USER: (
        "user", "uid", "customerid", "customer", "customernumber", "visitorid", "visitor",
        "householdid", "memberid", "clientid", "accountid", "userpseudoid", "reviewerid",
        "anonymousid", "customeremail", "email", "kundennummer", "kundenid", "kundennr", "kunde",
    ),
    C.ITEM: (
        "item", "iid", "movieid", "movie", "productid", "product", "sku", "stockcode",
        "articleid", "trackid", "bookid", "isbn", "asin", "contentid", "newsid", "videoid",
        "lineitemsku", "artikelnummer", "artikelid", "artikelnr", "artikel",
    ),
    C.WEIGHT: (
        "rating", "ratings", "stars", "eventvalue", "value", "quantity", "qty", "count",
        "plays", "playcount", "overall", "bookrating", "lineitemquantity", "menge",
    ),
    C.TIME: (
        "time", "datetime", "date", "ts", "eventtime", "eventtimestamp", "createdat",
        "invoicedate", "orderdate", "purchasedate", "transactiontimestamp", "transactiondate",
        "unixtime", "unixreviewtime", "bestelldatum", "datum", "rechnungsdatum",
    ),
    C.EVENT: (
        "event", "eventname", "eventkind", "feedbacktype", "action", "actiontype", "behavior",
        "behaviortype", "interactiontype",
    ),
    C.ORDER: (
        "invoiceno", "invoice", "invoicenumber", "invoiceid", "order", "orderno", "ordernumber",
        "basketid", "transactionid",
    ),
    C.SESSION: ("session", "sessionid", "gasessionid", "visitid"),
    C.VALUE: ("revenue", "amount", "salesvalue", "linetotal"),
    C.POSITION: ("slot", "shownat"),
    C.PROPENSITY: ("propensityscore", "pscore", "loggingprobability"),
    C.IMPRESSION: ("impressions", "impressionid", "shownitems"),
    C.RECOMMENDATION: ("recommid", "attributiontoken"),
    # Item columns that order exports repeat on each line.
    C.TITLE: (
        "description", "productname", "itemname", "producttitle", "itemtitle", "lineitemname",
        "booktitle", "artikelname", "bezeichnung",
    ),
    C.CATEGORIES: ("category", "categorycode", "productcategory", "itemcategory", "genres"),
    C.PRICE: ("unitprice", "itemprice", "productprice", "lineitemprice", "einzelpreis", "preis"),
}  # fmt: skip
VISITORS = (
    "userpseudoid", "anonymousid", "visitorid", "visitor", "clientid", "deviceid", "cookieid",
    "distinctid", "fullvisitorid",
)  # fmt: skip
"""Names of columns with the id of a visitor who may not be signed in, the best first."""
OF_ITEMS = (C.TITLE, C.CATEGORIES, C.PRICE)
"""Columns of events that describe the item; each item gets one value."""
ITEM_NAMES: dict[str, tuple[str, ...]] = {
    C.ITEM: (*EVENT_NAMES[C.ITEM], "id"),
    C.TITLE: (
        "name", "itemname", "productname", "movietitle", "itemtitle", "producttitle", "booktitle",
        "artikelname", "bezeichnung",
    ),
    C.CATEGORIES: ("category", "genres", "genre", "productcategory", "itemcategory"),
    C.PRICE: ("unitprice", "itemprice", "listprice", "productprice", "einzelpreis", "preis"),
    C.AVAILABLE: ("availability", "isavailable", "instock"),
    C.SPONSORED: ("issponsored", "promoted"),
    C.IMAGE: ("imageurl", "imagelink", "imageaddress", "picture", "thumbnail"),
    C.CREATED: ("released", "releasedate", "publishedat", "publishdate", "creationtimestamp"),
}  # fmt: skip
USER_NAMES: dict[str, tuple[str, ...]] = {C.USER: (*EVENT_NAMES[C.USER], "id")}
EVENTS_NEED = (C.USER, C.ITEM)
_MONEY = ("value", "eventvalue")
_ORDERS = ("orderid",)
_TYPES = ("token", "token_seq", "float", "float_seq")
"""The types of RecBole's atomic files."""


@dataclass(frozen=True)
class Match:
    """A match of columns: `mapping` (standard → source), `ambiguous` and `missing` names."""

    mapping: dict[str, str]
    ambiguous: dict[str, list[str]]
    missing: list[str]


def match(
    columns: Sequence[str],
    given: Mapping[str, str] | None = None,
    *,
    names: Mapping[str, tuple[str, ...]] = EVENT_NAMES,
    need: Iterable[str] = EVENTS_NEED,
    hidden: Iterable[str] = (),
) -> Match:
    """Match `columns` by name; `given` (standard → source) takes precedence, "" leaves one out.

    The standard name fits better than its aliases, and these better than a name within an object
    (`properties.product_id`), of which an optional one is taken only if it is the only one.
    `hidden` columns are taken only if they are given. Raises `AssayError` if a `given` standard
    name is unknown or its column does not exist.
    """
    mapping = _checked(columns, given or {}, names, tuple(hidden))
    taken = set(mapping.values())
    ambiguous: dict[str, list[str]] = {}
    need = tuple(need)
    spelled = {c: spellings(c) for c in columns}
    for standard, others in names.items():
        if standard in mapping or standard in (given or {}):
            continue
        free = [c for c in columns if c not in taken]
        for within in (False, True):
            fits: list[str] = []
            for accepted in ((plain(standard),), others):
                fits = fits or [
                    c for c in free if any(name in accepted for name in spelled[c][within])
                ]
            if len(fits) == 1:
                mapping[standard] = fits[0]
            elif fits and (not within or standard in (*need, C.TIME)):
                ambiguous[standard] = fits
            if fits:
                break
    if C.ORDER in names and C.ORDER not in mapping and C.ORDER not in (given or {}):
        # Shopify's export of orders calls an order's number a name.
        shopify = any(plain(c).startswith("lineitem") for c in columns)
        named = next((c for c in columns if shopify and plain(c) == "name"), None)
        if named is not None and named not in mapping.values():
            mapping[C.ORDER] = named
    if (
        C.EVENT in mapping
        and plain(mapping.get(C.WEIGHT, "").rpartition(".")[2]) in _MONEY
        and (C.WEIGHT not in (given or {}))
    ):
        # With an event type, such a column holds money or a rating, not the weight.
        worth = mapping.pop(C.WEIGHT)
        if C.VALUE not in mapping and C.VALUE not in (given or {}):
            mapping[C.VALUE] = worth
    missing = [s for s in need if s not in mapping and s not in ambiguous]
    return Match({s: mapping[s] for s in names if s in mapping}, ambiguous, missing)


def spellings(column: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The plain names that a column may be known by: as a whole, and by its last key.

    RecBole writes a type after the name (`user_id:token`); an array of `products` holds a
    `product`.
    """
    name, _, kind = column.rpartition(":")
    column = name if kind in _TYPES else column
    above, _, last = column.rpartition(".")
    if not above:
        return (plain(column),), ()
    one = plain(above.rpartition(".")[2]).removesuffix("s")
    return (plain(column), one + plain(last)), (plain(last),)


def resolve(
    columns: Sequence[str],
    given: Mapping[str, str] | None = None,
    *,
    names: Mapping[str, tuple[str, ...]] = EVENT_NAMES,
    need: Iterable[str] = EVENTS_NEED,
) -> dict[str, str]:
    """Like `match`, but raises `AssayError` if a name is ambiguous or a needed one is missing."""
    found = match(columns, given, names=names, need=need)
    if found.ambiguous:
        raise ambiguity(*next(iter(found.ambiguous.items())))
    if found.missing:
        raise missing_column(found.missing, columns)
    return found.mapping


def ambiguity(standard: str, fits: Sequence[str]) -> AssayError:
    """The error for columns that fit a standard name equally well."""
    return AssayError(
        f"The columns {listed(fits)} fit {standard} equally well; "
        f"choose one, as in --map {standard}={_shown(fits[0])}."
    )


def missing_column(
    missing: Sequence[str], columns: Sequence[str], name: str = "", hidden: Iterable[str] = ()
) -> AssayError:
    """The error for needed names without a column; `hidden` are nested columns of the file."""
    names = {plain(alias) for alias in (missing[0], *EVENT_NAMES.get(missing[0], ()))}
    nested = [c for c in hidden if not c.endswith("[]") and plain(c.rpartition(".")[2]) in names]
    if nested:
        parts = [c for c in columns if c.startswith((f"{nested[0]}.", f"{nested[0]}[]"))]
        return AssayError(
            f"The column {nested[0]!r} of {name!r} is nested; name one of its parts, as in --map "
            f"{missing[0]}={_shown(parts[0]) if parts else nested[0] + '[]'}."
        )
    orders = [c for c in columns if plain(c) in (*_ORDERS, *EVENT_NAMES[C.ORDER])]
    if missing[0] == C.USER and orders:
        return AssayError(
            f"{name!r} has no column of users, but one of orders: join it with the table that has "
            f"the user of each {orders[0]!r} (for example with a database, as in --sql "
            "--query), or name the user's column with --map user_id=COLUMN."
        )
    return AssayError(
        f"None of the columns {listed(columns)} was recognized as {' or '.join(missing)}; "
        f"name the column, as in --map {missing[0]}=COLUMN."
    )


def assigned(
    given: Mapping[str, str], *, with_items: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """The user's mapping, divided into columns of the events and of the table of items.

    With a table of items, names that describe an item refer to that table.
    """
    events: dict[str, str] = {}
    items: dict[str, str] = {}
    for standard, column in given.items():
        of_items = standard in ITEM_NAMES and standard != C.ITEM
        if of_items and (with_items or standard not in EVENT_NAMES):
            if not with_items:
                raise AssayError(
                    f"--map names {standard}, a column of a table of items; "
                    "give that table with --items."
                )
            items[standard] = column
        else:
            events[standard] = column
    return events, items


def plain(name: str) -> str:
    """The name in lower case with letters and digits only."""
    return "".join(ch for ch in name.casefold() if ch.isalnum())


def _checked(
    columns: Sequence[str],
    given: Mapping[str, str],
    names: Mapping[str, tuple[str, ...]],
    hidden: tuple[str, ...],
) -> dict[str, str]:
    by_case = {c.casefold(): c for c in reversed([*columns, *hidden])}
    out: dict[str, str] = {}
    for standard, wanted in given.items():
        if standard not in names:
            raise AssayError(
                f"{standard[:60]!r} is not a standard column; --map accepts {', '.join(names)}."
            )
        if not wanted:
            continue
        source = (
            wanted
            if wanted in columns or wanted in hidden
            else by_case.get(wanted.strip().casefold())
        )
        if source is None:
            raise AssayError(
                f"There is no column {wanted[:60]!r} for {standard}; "
                f"the file has {listed(columns)}."
            )
        if source in out.values():
            other = next(s for s, c in out.items() if c == source)
            raise AssayError(
                f"The column {source[:60]!r} is mapped to both {other} and {standard}; "
                "map each standard column to a different column."
            )
        out[standard] = source
    return out


def _shown(name: str) -> str:
    """The name for an example command, if it is short and printable."""
    return name if name.isprintable() and len(name) <= 60 else "COLUMN"


def listed(columns: Sequence[str], most: int = 12) -> str:
    """The first names, quoted and shortened to fit into a sentence."""
    names = [repr(c if len(c) <= 40 else c[:40] + "…")[:80] for c in columns[:most]]
    while sum(map(len, names)) > 240:
        names.pop()
    most, shown = len(names), ", ".join(names)
    return shown + (f" and {len(columns) - most} more" if len(columns) > most else "")
