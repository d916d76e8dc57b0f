"""Default weights of event types: views, carts, purchases, and what undoes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from pipelines.data.importing.plain_names import plain

VIEW, CART, PURCHASE = 0.1, 0.3, 1.0
"""Our defaults; `--event-weight` changes them."""
_NAMES: dict[float, tuple[str, ...]] = {
    VIEW: (
        "view", "pageview", "detailview", "detailpageview", "viewitem", "itemview", "productview",
        "click", "selectitem", "read", "visit", "play", "stream", "watch", "listen",
    ),
    CART: (
        "cart", "addtocart", "addcart", "basket", "addtobasket", "cartadd", "cartaddition",
        "wishlist", "addtowishlist", "favorite", "favourite", "bookmark", "save", "like",
        "begincheckout", "checkout",
    ),
    # Not interactions: what was shown or sent, and undone actions.
    0.0: (
        "impression", "viewitemlist", "exposure", "shown", "show", "display", "send", "sent",
        "delivered", "open", "removefromcart", "cartremove", "refund", "return", "dislike",
    ),
}  # fmt: skip
DEFAULTS = {name: weight for weight, names in _NAMES.items() for name in names}

_UNDONE = (
    # The beginnings of words, without accents. English, then German, Dutch, Scandinavian
    # languages, French, Spanish, Portuguese, Italian, Polish, Czech, Turkish, Finnish.
    "cancel", "refund", "return", "remov", "delet", "unlik", "dislik", "unfollow", "revers",
    "chargeback", "void", "declin", "reject", "failed", "undo", "undone", "abort",
    "storn", "retour", "rucksend", "ruckgabe", "zuruck", "erstatt", "gekundigt", "abgebrochen",
    "abgelehnt", "entfern", "widerruf", "geannuleer", "annuleer", "terugbetaal", "geretourneer",
    "verwijder", "annuller", "avbrut", "aterbetal", "returner", "refunder", "avbestilt",
    "annul", "rembours", "supprim", "devuelt", "devoluc", "devolv", "reembols",
    "eliminad", "anulad", "rechazad", "cancelad", "estornad", "annullat", "rimbors",
    "anulowan", "zwroc", "zwrot", "zrusen", "vracen", "iptal", "iade", "peruttu", "peruutettu",
    "palautettu", "palautus", "hyvitetty", "отмен", "возвра", "скасован", "повернен", "ακυρω",
)  # fmt: skip
_UNDONE_WORDS = ("reso", "resa", "resi")
_UNDONE_TEXTS = (
    "キャンセル",
    "返品",
    "返金",
    "取消",
    "退款",
    "退货",
    "退貨",
    "취소",
    "환불",
    "반품",
    "ملغ",
    "مرتجع",
)
"""In languages that do not part words by spaces, or with prefixes."""
_SHOWN = ("impression", "exposure", "shown", "display", "sent", "send", "delivered")
_CART = ("add", "cart", "basket", "wishlist", "favorite", "favourite", "bookmark", "save", "like",
         "checkout")  # fmt: skip
_VIEW = ("view", "click", "select", "visit", "play", "stream", "watch", "listen", "read")
_DONE = (
    "completed", "complete", "paid", "shipped", "fulfilled", "delivered", "processing", "pending",
    "open", "placed", "closed", "abgeschlossen", "bezahlt", "versendet", "versandt", "geliefert",
    "offen", "voltooid", "betaald", "verzonden", "termine", "terminee", "paye", "payee", "expedie",
    "livre", "completado", "pagado", "enviado", "entregado", "concluido", "pago", "entregue",
    "completato", "pagato", "spedito", "consegnato", "zrealizowane", "oplacone", "wyslane",
    "slutford", "betald", "skickad", "tamamlandi", "authorized", "recibido", "abierta", "abierto",
    "новыи", "выполнен", "доставлен", "оплачен", "завершен", "отправлен",
)  # fmt: skip
"""States of an order that is not undone."""
_DONE_TEXTS = ("完了", "発送", "受注", "完成", "付款", "发货", "發貨", "收货", "완료", "배송")
"""In languages that do not part words by spaces."""
_PARTLY = ("partial", "partly", "teilweise", "partiel", "parcial", "parzial", "czesciow", "частичн")
"""A partly refunded order was not undone."""
STATUS = tuple(
    plain(name)
    for name in (
        "status", "orderstatus", "state", "orderstate", "bestellstatus", "auftragsstatus",
        "estado", "statut", "stato", "stan", "tila", "статус", "状态", "ステータス",
        "financialstatus", "paymentstatus", "estadodelaorden", "estadodelpedido",
        "estadodelpago", "statutcommande", "statuszamowienia", "статусзаказа", "订单状态",
        "注文状況", "주문상태",
    )
)  # fmt: skip
"""Names of columns that hold the state of an order."""
KINDS = tuple(
    plain(name)
    for name in (
        "transactiontype", "transactionkind", "recordtype", "ordertype", "linetype", "saletype",
        "salestype", "movementtype", "documenttype", "doctype", "type", "belegart", "vorgang",
        "vorgangsart", "bewegungsart", "buchungsart", "auftragsart", "art", "typ", "tipo",
        "tipodocumento", "tipomovimiento", "tipooperacion", "tipotransaccion", "tipooperazione",
        "typetransaction", "typedocument", "operation", "типоперации", "типдокумента", "取引区分",
        "类型",
    )
)  # fmt: skip
"""Names of columns that may hold the kind of a transaction: a sale, a refund."""
_SALES = ("sale", "sales", "sold", "verkauf", "venta", "vente", "vendita", "venda", "sprzedaz",
          "verkoop", "salg", "satis", "purchase", "kauf", "order", "bestellung", "invoice",
          "rechnung", "продажа")  # fmt: skip
_SALES_TEXTS = ("売上", "販売", "销售", "판매")
MOST_STATES = 30


def default_weight(kind: str, column: str = "") -> float:
    """The default weight of an event type by its name; 1 for an unknown name.

    `column` is the name of its column: in one of states, only what is undone weighs nothing.
    """
    words = _words(kind)
    if is_undone(kind):
        return 0.0
    if is_status(column):
        return PURCHASE
    letters = "".join(ch for ch in kind.lower() if ch.isascii() and ch.isalnum())
    if letters in DEFAULTS:
        return DEFAULTS[letters]
    stems = {stem for word in words for stem in _stems(word)}
    if stems & {*_SHOWN} or {"list", "view"} <= stems:
        return 0.0
    if stems & {"purchase", "order", "buy", "bought", "paid", "transaction", "sale"} - (
        {"order"} if stems & {*_VIEW} else set()
    ):
        return PURCHASE
    if stems & {*_CART} and not ("view" in stems and not stems & {"add"}):
        return CART
    return VIEW if stems & {*_VIEW} else PURCHASE


def is_undone(kind: str) -> bool:
    """Whether a type or state undoes an order or an action: refunded, storniert, annulé."""
    if any(text in kind for text in _UNDONE_TEXTS):
        return True
    words = _words(kind)
    # A returning visitor does not return an item.
    if words[:1] == ["returning"] or {"visit", "visitor", "policy", "page"} & {*words}:
        return False
    if any(word.startswith(_PARTLY) for word in words):
        return False
    return any(word in _UNDONE_WORDS or word.startswith(_UNDONE) for word in words)


def is_status(column: str) -> bool:
    """Whether a column's name says that it holds the state of an order."""
    return plain(column.rpartition(".")[2]) in STATUS


def is_kind(column: str) -> bool:
    """Whether a column's name says that it may hold the kind of a transaction."""
    return plain(column.rpartition(".")[2]) in KINDS


def are_kinds(values: Iterable[str]) -> bool:
    """Whether texts are kinds of transactions: all are sales or undo one, and some of each."""
    distinct = set(values)
    undone = {value for value in distinct if is_undone(value)}
    sales = {
        value
        for value in distinct - undone
        if any(word in _SALES for word in _words(value))
        or any(text in value for text in _SALES_TEXTS)
    }
    return bool(undone and sales) and len(distinct) <= MOST_STATES


def are_states(values: Iterable[str]) -> bool:
    """Whether texts are states of orders: few, and all said to be done or undone but some."""
    distinct = set(values)
    if not 2 <= len(distinct) <= MOST_STATES:
        return False
    undone = sum(is_undone(value) for value in distinct)
    done = sum(
        any(word in _DONE for word in _words(value)) or any(text in value for text in _DONE_TEXTS)
        for value in distinct
    )
    return undone > 0 and (undone + done) * 2 >= len(distinct)


def _words(kind: str) -> list[str]:
    """The words of a name in lower case without accents: productViewed, Product_viewed."""
    parted = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])", " ", kind)
    bare = "".join(
        ch for ch in unicodedata.normalize("NFD", parted) if not unicodedata.combining(ch)
    )
    bare = bare.casefold().replace("ł", "l").replace("ø", "o").replace("ı", "i")
    return re.findall(r"[^\W_]+", bare)


def _stems(word: str) -> list[str]:
    """The word and what it may be a past tense or plural of: viewed → view, played → play."""
    found = [word]
    for ending, instead in (("ed", ""), ("ed", "e"), ("s", ""), ("ing", ""), ("ing", "e")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            found.append(word.removesuffix(ending) + instead)
    return found
