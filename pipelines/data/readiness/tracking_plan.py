"""The tracking plan: what to log from now on, for the engineer who will build the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.data.readiness import Report
from pipelines.data.readiness.checks.quality import AGAIN
from pipelines.data.readiness.finding import Finding
from pipelines.data.readiness.tracking_events import EVENTS, FIELDS, examples, schema
from pipelines.errors import AssayError
from pipelines.runtime.templates import template
from pipelines.schema import Columns as C

DOCUMENT, SCHEMA = "tracking-plan.md", "tracking-plan.schema.json"
TEMPLATE = Path(__file__).with_name("tracking_plan.md.j2")

MENDED_BY: dict[str, str] = {
    f"{C.IMPRESSION}, share of events": "the event impression",
    f"{C.POSITION}, share of events": "position",
    f"{C.PROPENSITY}, share of events": "propensity, policy",
    f"{C.RECOMMENDATION}, share of events": "recommendation_id",
    "types of event": "event_type",
    "commonest type of event, share": "event_type",
    "rows without a user, share": "visitor_id",
    "events of nobody in particular, share": "visitor_id",
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
    "user ids of another kind, share": "user_id",
    "user ids with spaces, share": "user_id",
    "user ids with a case twin, share": "user_id",
    "item ids of another kind, share": "item_id",
    "item ids with spaces, share": "item_id",
    "item ids with a case twin, share": "item_id",
    "rows with spaces around ids": "user_id, item_id",
    "items with a price, share": "value, currency",
    "returns and cancellations, share": "value",
}
"""The findings that a better log mends, and the fields that mend them."""


@dataclass(frozen=True)
class Lack:
    """A finding that falls short, and the fields that mend it."""

    finding: Finding
    fields: str


def lacks(report: Report) -> list[Lack]:
    """What a better log would mend, the worst first."""
    order = ("not enough", "unknown", "thin")
    short = [
        f for f in report.findings if f.state in order and f.check in MENDED_BY and f.todo != AGAIN
    ]
    return [Lack(f, MENDED_BY[f.check]) for f in sorted(short, key=lambda f: order.index(f.state))]


def markdown(report: Report | None = None) -> str:
    """The plan as Markdown: first what the reported dataset lacks; without a report, all of it."""
    return str(
        template(TEMPLATE, cell=_cell).render(
            report=report,
            lacks=lacks(report) if report else [],
            short=_short(report) if report else {},
            again=report is not None and any(f.todo == AGAIN for f in report.findings),
            events=EVENTS,
            fields=FIELDS,
            examples={name: _text(event) for name, event in examples().items()},
            schema=SCHEMA,
        )
    )


def schema_text() -> str:
    """The JSON Schema (draft 2020-12) of an event, as a file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def write(folder: Path, report: Report | None = None) -> tuple[Path, Path]:
    """Write the plan and its schema into `folder`, made where it is missing.

    Raises `AssayError` where one of the two is there already.
    """
    texts = {folder / DOCUMENT: markdown(report), folder / SCHEMA: schema_text()}
    there = next((path for path in texts if path.exists()), None)
    if there is not None:
        raise AssayError(f"{there} is there already; name another folder, or remove the file.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AssayError(f"The plan cannot be written into {folder}: {error.strerror}.") from None
    document, described = texts
    return document, described


def _short(report: Report) -> dict[str, Any]:
    return {name: a for name, a in report.approaches.items() if a.state != "enough"}


def _text(event: dict[str, Any]) -> str:
    return json.dumps(event, indent=2, ensure_ascii=False)


def _cell(value: object) -> str:
    """Text for Markdown: on one line, with the signs that would break a table or a tag escaped.

    Findings quote ids, and ids are whatever a file held.
    """
    text = " ".join(str(value).split())
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`")
