"""What a view, a cart and a purchase weigh where nobody has said so."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.data.sources.splitting import quoted

VIEW, CART, PURCHASE = 0.1, 0.3, 1.0
"""Ours: what people did beside what they looked at; a person sets their own."""
_WORDS: dict[float, tuple[str, ...]] = {
    VIEW: (
        "view", "pageview", "detailview", "detailpageview", "viewitem", "itemview", "productview",
        "click", "selectitem", "read", "visit", "play", "stream", "watch", "listen",
    ),
    CART: (
        "cart", "addtocart", "addcart", "basket", "addtobasket", "cartadd", "cartaddition",
        "wishlist", "addtowishlist", "favorite", "favourite", "bookmark", "save", "like",
        "begincheckout", "checkout",
    ),
    # Nothing that a person took up: what was shown or sent, or a step back.
    0.0: (
        "impression", "viewitemlist", "exposure", "shown", "show", "display", "send", "sent",
        "delivered", "open", "removefromcart", "cartremove", "refund", "return", "dislike",
    ),
}  # fmt: skip
USUAL = {word: weight for weight, words in _WORDS.items() for word in words}


def usual_weight(kind: str) -> float:
    """The weight of a type of event by its name; 1 for a name that is not known."""
    plain = "".join(ch for ch in kind.lower() if ch.isascii() and ch.isalnum())
    return USUAL.get(plain, PURCHASE)


def weight_sql(kind: str, given: Mapping[str, float]) -> str:
    """SQL for the weight of a type of event: as `given`, else as is usual."""
    named = " ".join(f"WHEN {quoted(name)} THEN {weight!r}" for name, weight in given.items())
    usual = " ".join(f"WHEN {quoted(word)} THEN {weight!r}" for word, weight in USUAL.items())
    plain = f"regexp_replace(lower({kind}), '[^a-z0-9]', '', 'g')"
    known = f"CASE {plain} {usual} ELSE {PURCHASE!r} END"
    return f"CASE {kind} {named} ELSE {known} END" if named else known
