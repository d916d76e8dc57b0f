"""The tracking plan: what to log from now on, for the engineer who builds the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.data.readiness import Report
from pipelines.data.readiness.checks.quality import IMPORT_AGAIN
from pipelines.data.readiness.finding import Finding
from pipelines.data.readiness.tracking_events import EVENTS, FIELDS, examples, schema
from pipelines.errors import AssayError
from pipelines.runtime.templates import template
from pipelines.schema import Columns as C

DOCUMENT, SCHEMA = "tracking-plan.md", "tracking-plan.schema.json"
TEMPLATE = Path(__file__).with_name("tracking_plan.md.j2")

FIXED_BY: dict[str, str] = {
    f"{C.IMPRESSION}, share of events": "the event impression",
    f"{C.POSITION}, share of events": "position",
    f"{C.PROPENSITY}, share of events": "propensity, policy",
    f"{C.RECOMMENDATION}, share of events": "recommendation_id",
    "event types": "event_type",
    "most frequent event type, share": "event_type",
    "rows without a user, share": "visitor_id",
    "events of shared accounts, share": "visitor_id",
    "users with two or more events": "user_id, visitor_id",
    "users with one event, share": "user_id, visitor_id",
    "visits without a history, share": "visitor_id, session_id",
    "cold users in the test window, share": "visitor_id",
    "events per user, median": "the events impression, click and cart",
    "events": "the events click and cart",
    "events, for good quality": "the events click and cart",
    "span, days": "timestamp",
    "simultaneous events, share": "timestamp, session_id",
    "folded rows, share": "event_id",
    "user ids of mixed types, share": "user_id",
    "user ids with spaces, share": "user_id",
    "user ids that differ only by case, share": "user_id",
    "item ids of mixed types, share": "item_id",
    "item ids with spaces, share": "item_id",
    "item ids that differ only by case, share": "item_id",
    "rows with spaces around ids": "user_id, item_id",
    "items with a price, share": "value, currency",
    "returns and cancellations, share": "value",
}
"""The findings that a better log fixes, and the fields that it needs for that."""


@dataclass(frozen=True)
class Gap:
    """A finding that falls short, and the fields to log for it."""

    finding: Finding
    fields: str


def gaps(report: Report) -> list[Gap]:
    """The findings that a better log fixes, the worst first."""
    order = ("not enough", "unknown", "thin")
    short = [
        f
        for f in report.findings
        if f.state in order and f.check in FIXED_BY and f.todo != IMPORT_AGAIN
    ]
    return [Gap(f, FIXED_BY[f.check]) for f in sorted(short, key=lambda f: order.index(f.state))]


def markdown(report: Report | None = None) -> str:
    """The plan as Markdown; with a report, it begins with what that dataset lacks."""
    return str(
        template(TEMPLATE, cell=_cell).render(
            report=report,
            gaps=gaps(report) if report else [],
            short=_short(report) if report else {},
            again=report is not None and any(f.todo == IMPORT_AGAIN for f in report.findings),
            events=EVENTS,
            fields=FIELDS,
            examples={name: _text(event) for name, event in examples().items()},
            schema=SCHEMA,
        )
    )


def schema_text() -> str:
    """The JSON Schema (draft 2020-12) of an event, as the text of its file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def write(folder: Path, report: Report | None = None) -> tuple[Path, Path]:
    """Write the plan and its schema into `folder`, which is created if needed.

    Raises `AssayError` if one of the two files exists.
    """
    texts = {folder / DOCUMENT: markdown(report), folder / SCHEMA: schema_text()}
    there = next((path for path in texts if path.exists()), None)
    if there is not None:
        raise AssayError(f"{there} already exists; name another folder, or remove the file.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AssayError(f"The plan cannot be written to {folder}: {error.strerror}.") from None
    document, described = texts
    return document, described


def _short(report: Report) -> dict[str, Any]:
    return {name: a for name, a in report.approaches.items() if a.state != "enough"}


def _text(event: dict[str, Any]) -> str:
    return json.dumps(event, indent=2, ensure_ascii=False)


def _cell(value: object) -> str:
    """Text for Markdown: on one line, with the characters that would break a table or tag escaped.

    Findings quote ids, which may hold any text.
    """
    text = " ".join(str(value).split())
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`")
