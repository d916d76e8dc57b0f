"""The names by which exports call the standard columns.

Those of MovieLens (`userId, movieId`), Microsoft's Recommenders (`userID, itemID`), Amazon
Personalize (`USER_ID, EVENT_VALUE`), Gorse (`UserId, FeedbackType`), RecTools (`datetime`), GA4
(`user_pseudo_id`) and shop exports (`CustomerID, StockCode`).
"""

from __future__ import annotations

from pipelines.data.importing.more_names import PEOPLE
from pipelines.data.importing.plain_names import plain
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
"""Names that fit equally well; if two columns have one, content or the user decides."""


VISITORS = (
    "userpseudoid", "anonymousid", "visitorid", "visitor", "clientid", "deviceid", "cookieid",
    "distinctid", "fullvisitorid", "domainuserid",
)  # fmt: skip
"""Names of columns with the id of a visitor who may not be signed in, the best first."""
FALLBACKS = (*VISITORS, *map(plain, PEOPLE))
"""Names of columns that may tell the user of a row without one, the best first."""
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
