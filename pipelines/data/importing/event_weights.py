"""Default weights of event types: views, carts, purchases."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.data.sources.splitting import quoted

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


def default_weight(kind: str) -> float:
    """The default weight of an event type by its name; 1 for an unknown name."""
    plain = "".join(ch for ch in kind.lower() if ch.isascii() and ch.isalnum())
    return DEFAULTS.get(plain, PURCHASE)


def weight_sql(kind: str, given: Mapping[str, float]) -> str:
    """SQL for the weight of an event type: the `given` one, or the default."""
    named = " ".join(f"WHEN {quoted(name)} THEN {weight!r}" for name, weight in given.items())
    default = " ".join(f"WHEN {quoted(name)} THEN {weight!r}" for name, weight in DEFAULTS.items())
    plain = f"regexp_replace(lower({kind}), '[^a-z0-9]', '', 'g')"
    known = f"CASE {plain} {default} ELSE {PURCHASE!r} END"
    return f"CASE {kind} {named} ELSE {known} END" if named else known
