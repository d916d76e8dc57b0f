"""The standard names of columns."""

from __future__ import annotations


class Columns:
    """The standard names of columns."""

    USER = "user_id"
    ITEM = "item_id"
    WEIGHT = "weight"
    TIME = "timestamp"
    EVENT = "event_type"
    SCORE = "score"
    RANK = "rank"
    TITLE = "title"
    CATEGORIES = "categories"  # one string, separated by "|"
    PRICE = "price"
    MARGIN = "margin"
    AVAILABLE = "available"
    SPONSORED = "sponsored"
    IMAGE = "image"
    CREATED = "created_at"
    # Further columns that may be kept with each event.
    VALUE = "value"
    DISCOUNT = "discount"
    DISPLAY = "on_display"
    MAILER = "in_mailer"
    SESSION = "session_id"
    ORDER = "order_id"
    POSITION = "position"
    PROPENSITY = "propensity"
    IMPRESSION = "impression"
    RECOMMENDATION = "recommendation_id"
