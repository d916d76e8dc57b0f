"""The events and fields that a recommender's log should hold, as a JSON Schema and as examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

EVENTS: dict[str, str] = {
    "impression": "an item came into view (half of it for a second)",
    "open": "a surface was opened: a mail, a push message, a page with recommendations",
    "click": "an item was chosen, or its page was looked at",
    "cart": "an item was put into the cart or on a list",
    "purchase": "an item was bought; one event for each line of the order",
}
ALL = tuple(EVENTS)
_ITEMS = tuple(event for event in EVENTS if event != "open")
_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$"
_TEXT: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
_PERSON = ("user_id", "visitor_id")


@dataclass(frozen=True)
class Field:
    """A field: its JSON Schema, the events that must have it, why, who needs it, an example."""

    name: str
    schema: dict[str, Any]
    required: tuple[str, ...]
    why: str
    needed_by: str
    example: Any

    @property
    def required_words(self) -> str:
        if self.name in _PERSON:
            return "one of user_id and visitor_id"
        if self.required == ALL:
            return "yes"
        if self.required == _ITEMS:
            return "yes, but for open"
        return ", ".join(self.required)


FIELDS = (
    Field(
        "event_id", _TEXT, ALL,
        "A tracker sends some events twice; the id lets the second be dropped.",
        "all", "5f0c2a9e-7d1b-4c1e-9f55-0a8f3f1f7c11",
    ),
    Field(
        "event_type", {"enum": list(EVENTS)}, ALL,
        "A look and a purchase do not weigh the same.",
        "learned ranker, A/B test, Google Recommendations", "click",
    ),
    Field(
        "timestamp", {"type": "string", "format": "date-time", "pattern": _TIME}, ALL,
        "ISO 8601 to the second or finer, with its zone: the order of events, and a test without "
        "a look into the future, hang on it.",
        "sequential, real time, every honest test", "2026-03-02T09:41:07.120Z",
    ),
    Field(
        "user_id", _TEXT, (),
        "A lasting number of a person who is signed in; no mail address, no name.",
        "every personal list", "u-48213",
    ),
    Field(
        "visitor_id", _TEXT, (),
        "A lasting number of a visitor who is not signed in (guest checkouts too). Send both once "
        "a visitor signs in, so that the two can be joined.",
        "item-to-item, sequential, real time", "v-9f21c07e",
    ),
    Field(
        "session_id", _TEXT, ALL,
        "Which events belong to one visit; for people without a history it is all there is.",
        "real time, sequential", "s-20260302-0941-77",
    ),
    Field(
        "item_id", _TEXT, _ITEMS,
        "The same code as in the table of items, in one spelling, not the title.",
        "all", "sku-1042",
    ),
    Field(
        "surface", _TEXT, ("impression", "open", "click"),
        "Where it happened (home, product page, cart, mail): each place is judged on its own, and "
        "the share of people who ever open it bounds what a recommender can earn.",
        "A/B test, the decision to build or buy", "home",
    ),
    Field(
        "position", {"type": "integer", "minimum": 1}, ("impression", "click"),
        "The place in the list, from 1: the first place gets clicks whatever stands there.",
        "learned ranker, off-policy", 3,
    ),
    Field(
        "recommendation_id", _TEXT, ("impression", "click"),
        "The list that was shown. With cart and purchase too, where they follow from a list.",
        "A/B test, off-policy, Amazon Personalize", "r-77b1e0",
    ),
    Field(
        "propensity", {"type": "number", "exclusiveMinimum": 0, "maximum": 1}, ("impression",),
        "The chance at which the policy would show this item at this place, written down when it "
        "was drawn: it cannot be found out later. 1 where nothing was left to chance.",
        "off-policy", 0.0125,
    ),
    Field(
        "policy", _TEXT, ("impression",),
        "Which list-maker and version answered, or which arm of a test the person is in.",
        "A/B test, off-policy", "popular-2026-03:B",
    ),
    Field(
        "value", {"type": "number"}, ("purchase",),
        "What the line of the order brought, negative for a return.",
        "learned ranker, the decision to build or buy", 24.9,
    ),
    Field(
        "currency", {"type": "string", "pattern": "^[A-Z]{3}$"}, ("purchase",),
        "ISO 4217; sums over currencies mean nothing.",
        "the decision to build or buy", "EUR",
    ),
)  # fmt: skip


def schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) of one event; fields of your own may be added."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Event of a recommender's log",
        "type": "object",
        "properties": {f.name: {"description": f.why, **f.schema} for f in FIELDS},
        "required": [f.name for f in FIELDS if f.required == ALL],
        "anyOf": [{"required": [name]} for name in _PERSON],
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
    """One event of each type that fits the schema: one visitor from a mail to a purchase."""
    found: dict[str, dict[str, Any]] = {}
    for minute, event in enumerate(("open", "impression", "click", "cart", "purchase")):
        known = {f.name: f.example for f in FIELDS if event in f.required}
        if event in ("cart", "purchase"):
            known["recommendation_id"] = next(
                f.example for f in FIELDS if f.name == "recommendation_id"
            )
        known["event_id"] = f"5f0c2a9e-7d1b-4c1e-9f55-0a8f3f1f7c1{minute}"
        known["timestamp"] = f"2026-03-02T09:4{minute}:07.120Z"
        person = {"visitor_id": "v-9f21c07e"}
        found[event] = {**known, "event_type": event, **person}
    return {event: found[event] for event in EVENTS}
