"""Recognizes the kind of an event type by the names that common trackers use."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["impression", "send", "open", "click", "view", "cart", "purchase"]

# Google Analytics 4, Firebase, Segment, Google Retail, Algolia Insights, Recombee, Gorse, shops.
_NAMES: dict[Kind, str] = {
    "impression": "impression impressions shown exposure exposed display displayed "
    "view_item_list view_promotion product_list_viewed rec_impression recommendation_shown",
    "send": "send sent delivered deliver email_sent push_sent mail_sent notification_receive",
    "open": "open opened opens email_open email_opened mail_open push_open notification_open",
    "click": "click clicked clicks select_item select_promotion select_content product_clicked "
    "rec_click",
    "view": "view viewed views view_item detail_view detail_page_view page_view product_view "
    "product_viewed pageview watch play read",
    "cart": "cart carts add_to_cart addtocart added_to_cart cart_addition cart_add product_added "
    "basket add_to_basket",
    "purchase": "purchase purchased purchases buy bought order orders ordered transaction sale "
    "purchase_complete order_completed checkout_completed conversion ecommerce_purchase",
}
_KINDS: dict[str, Kind] = {name: kind for kind, names in _NAMES.items() for name in names.split()}


def kind(event_type: str) -> Kind | None:
    """The kind of an event type by its name (`Add-To-Cart` is "cart"); None if it is unknown."""
    snake_case = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", event_type.strip()).lower()
    return _KINDS.get(re.sub(r"[^a-z0-9]+", "_", snake_case).strip("_"))


def count(event_types: dict[str, int], *kinds: Kind) -> int:
    """The number of events of these kinds."""
    return sum(n for name, n in event_types.items() if kind(name) in kinds)
