"""The matrix of behavioral tests by contender: passed, failed, value only, or not run."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.compare.matrix import matrix
from app.components.tables import digits
from pipelines.evaluation.results.document import BakeoffDocument, BehaviorResult, titles_of

MARKS = {"pass": "✓", "fail": "✕", "value": "", "not run": "–"}
STATE_LABEL = {"pass": "passed", "fail": "failed", "value": "value only", "not run": "not run"}
STATE_TITLE = {"pass": "Passed", "fail": "Failed", "value": "Value only", "not run": "Not run"}
"""The state of a test in a chart, and at the beginning of a line."""
LEGEND = "✓ passed, ✕ failed. A number without a mark: no threshold. Dashed: not run."
COLORS = {
    "pass": look.OUTCOME_COLOR["better"],
    "fail": look.OUTCOME_COLOR["worse"],
    "value": look.GRAY,
    "not run": look.GRAY,
}


def behavior_frame(document: BakeoffDocument) -> pd.DataFrame:
    """A row per test and contender, in the order of the first contender with the test.

    Columns: test, contender (names), row, column (titles), state, value, low, high, condition,
    unit, sentence, label.
    """
    required = set(document.manifest.get("required") or ())
    titles = titles_of(document.contenders)
    found = [(c.name, r) for c in document.contenders for r in c.behavior]
    order = {name: n for n, name in enumerate(dict.fromkeys(r.name for _, r in found))}
    rows = [
        {
            "test": r.name,
            "contender": name,
            "row": r.title + (" (required)" if _is_required(required, r.name) else ""),
            "column": titles[name],
            "state": r.state,
            "value": r.value,
            "low": r.low,
            "high": r.high,
            "condition": r.condition,
            "unit": r.unit,
            "sentence": r.sentence,
            "label": f"{MARKS[r.state]} {digits(r.value)}".strip(),
        }
        for name, r in found
    ]
    frame = pd.DataFrame(rows).astype({"value": float, "low": float, "high": float})
    return frame.sort_values("test", key=lambda t: t.map(order), kind="stable", ignore_index=True)


def _is_required(required: set[str], name: str) -> bool:
    """Whether a manifest requires a test, as `one-item` or `one-item=0.3`."""
    return any(text.partition("=")[0] == name for text in required)


def behavior(frame: pd.DataFrame, test: str, contender: str) -> Any:
    """Tests as rows, contenders as columns; the selected cell is outlined, a click selects one."""
    drawn = frame.drop(columns=["sentence"]).assign(
        side=frame["state"],
        strength=frame["state"].map({"pass": 0.45, "fail": 0.65, "value": 0.1, "not run": 0.0}),
        dashed=frame["state"] == "not run",
        edge=(frame["test"] == test) & (frame["contender"] == contender),
        outcome=frame["state"].map(STATE_LABEL),
    )
    tooltip = [
        alt.Tooltip("row:N", title="test"),
        alt.Tooltip("column:N", title="contender"),
        alt.Tooltip("outcome:N"),
        alt.Tooltip("value:Q", format=".3~r"),
        alt.Tooltip("unit:N"),
        alt.Tooltip("condition:N", title="passes if"),
    ]
    return matrix(drawn, COLORS, tooltip, fields=["test", "contender"])


def behavior_alt(frame: pd.DataFrame) -> str:
    """The finding of the matrix: for each test, how many contenders pass and which fail."""
    tests = []
    for title, part in frame.groupby("row", sort=False):
        failed = part[part["state"] == "fail"]["column"].tolist()
        passed = int((part["state"] == "pass").sum())
        if failed or passed:
            failing = f", failed by {', '.join(failed)}" if failed else ""
            tests.append(f"{title}: passed by {passed}{failing}")
        elif (part["state"] == "value").any():
            tests.append(f"{title}: value only, for {int((part['state'] == 'value').sum())}")
        else:
            tests.append(f"{title}: not run")
    return f"Behavioral tests. {'; '.join(tests)}."


def sentence(document: BakeoffDocument, contender: str) -> str:
    """How many of the tests with a threshold a contender passes, and which it fails."""
    found = next((c for c in document.contenders if c.name == contender), None)
    results: list[BehaviorResult] = [] if found is None else list(found.behavior)
    judged = [r for r in results if r.state in ("pass", "fail")]
    failed = [r.title for r in judged if r.state == "fail"]
    title = titles_of(document.contenders)[contender]
    if not judged:
        return f"No behavioral test with a threshold was run on {title}."
    passed = len(judged) - len(failed)
    failing = f" Failed: {'; '.join(failed)}." if failed else ""
    return f"{title} passes {passed} of {len(judged)} behavioral tests.{failing}"
