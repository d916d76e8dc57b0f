"""The events and fields to log for a recommender, as a JSON Schema and as examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

EVENTS: dict[str, str] = {
    "impression": "an item was visible (half of it for one second)",
    "open": "a surface was opened: an email, a push message, a page with recommendations",
    "click": "an item was clicked, or its page was viewed",
    "cart": "an item was added to the cart or to a list",
    "purchase": "an item was bought; one event for each line of the order",
}
ALL = tuple(EVENTS)
_ITEMS = tuple(event for event in EVENTS if event != "open")
_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$"
_TEXT: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
_USER_IDS = ("user_id", "visitor_id")


@dataclass(frozen=True)
class Field:
    """A field: its JSON Schema, the events that require it, why, who needs it, an example."""

    name: str
    schema: dict[str, Any]
    required: tuple[str, ...]
    why: str
    needed_by: str
    example: Any

    @property
    def required_label(self) -> str:
        if self.name in _USER_IDS:
            return "one of user_id and visitor_id"
        if self.required == ALL:
            return "yes"
        if self.required == _ITEMS:
            return "yes, except for open"
        return ", ".join(self.required)


FIELDS = (
    Field(
        "event_id", _TEXT, ALL,
        "Trackers send some events twice; the id identifies the duplicates.",
        "all", "5f0c2a9e-7d1b-4c1e-9f55-0a8f3f1f7c11",
    ),
    Field(
        "event_type", {"enum": list(EVENTS)}, ALL,
        "A view counts less than a purchase.",
        "learned ranker, A/B test, Google Recommendations", "click",
    ),
    Field(
        "timestamp", {"type": "string", "format": "date-time", "pattern": _TIME}, ALL,
        "ISO 8601 to the second or finer, with time zone: needed for the order of events, and for "
        "a test without data from the future.",
        "sequential, real time, every test over time", "2026-03-02T09:41:07.120Z",
    ),
    Field(
        "user_id", _TEXT, (),
        "A permanent id of a signed-in user; not an email address or a name.",
        "every personalized list", "u-48213",
    ),
    Field(
        "visitor_id", _TEXT, (),
        "A permanent id of a visitor who is not signed in (guest checkouts too). Send both ids "
        "once a visitor signs in, so that they can be joined.",
        "item-to-item, sequential, real time", "v-9f21c07e",
    ),
    Field(
        "session_id", _TEXT, ALL,
        "It shows which events belong to one visit; users without a history have no other data.",
        "real time, sequential", "s-20260302-0941-77",
    ),
    Field(
        "item_id", _TEXT, _ITEMS,
        "The same id as in the table of items, always spelled the same way; not the title.",
        "all", "sku-1042",
    ),
    Field(
        "surface", _TEXT, ("impression", "open", "click"),
        "The place of the event (home, product page, cart, email): each surface is evaluated "
        "separately, and the share of users who open it limits the value of a recommender.",
        "A/B test, the decision to build or buy", "home",
    ),
    Field(
        "position", {"type": "integer", "minimum": 1}, ("impression", "click"),
        "The position in the list, from 1. The first position gets clicks regardless of the item.",
        "learned ranker, off-policy", 3,
    ),
    Field(
        "recommendation_id", _TEXT, ("impression", "click"),
        "The id of the list that was shown. Also for cart and purchase if they follow from a list.",
        "A/B test, off-policy, Amazon Personalize", "r-77b1e0",
    ),
    Field(
        "propensity", {"type": "number", "exclusiveMinimum": 0, "maximum": 1}, ("impression",),
        "The probability with which the policy shows this item at this position, logged when the "
        "list is made: it cannot be computed later. 1 if nothing is random.",
        "off-policy", 0.0125,
    ),
    Field(
        "policy", _TEXT, ("impression",),
        "The recommender and its version, or the user's arm of a test.",
        "A/B test, off-policy", "popular-2026-03:B",
    ),
    Field(
        "value", {"type": "number"}, ("purchase",),
        "The amount of the order line; negative for a return.",
        "learned ranker, the decision to build or buy", 24.9,
    ),
    Field(
        "currency", {"type": "string", "pattern": "^[A-Z]{3}$"}, ("purchase",),
        "ISO 4217; amounts in different currencies cannot be added.",
        "the decision to build or buy", "EUR",
    ),
)  # fmt: skip


def schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) of one event; you may add fields."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Event of a recommender's log",
        "type": "object",
        "properties": {f.name: {"description": f.why, **f.schema} for f in FIELDS},
        "required": [f.name for f in FIELDS if f.required == ALL],
        "anyOf": [{"required": [name]} for name in _USER_IDS],
        "allOf": [
            {
                "if": {"properties": {"event_type": {"const": event}}, "required": ["event_type"]},
                "then": {"required": needed},
            }
            for event in EVENTS
            if (needed := [f.name for f in FIELDS if event in f.required and f.required != ALL])
        ],
    }


def examples() -> dict[str, dict[str, Any]]:
    """One valid event of each type: one visitor from an email to a purchase."""
    found: dict[str, dict[str, Any]] = {}
    for minute, event in enumerate(("open", "impression", "click", "cart", "purchase")):
        known = {f.name: f.example for f in FIELDS if event in f.required}
        if event in ("cart", "purchase"):
            known["recommendation_id"] = next(
                f.example for f in FIELDS if f.name == "recommendation_id"
            )
        known["event_id"] = f"5f0c2a9e-7d1b-4c1e-9f55-0a8f3f1f7c1{minute}"
        known["timestamp"] = f"2026-03-02T09:4{minute}:07.120Z"
        found[event] = {**known, "event_type": event, "visitor_id": "v-9f21c07e"}
    return {event: found[event] for event in EVENTS}
