"""Behavioral tests by contender: passed, failed, or only told."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.compare.matrix import matrix
from app.components.comparison_charts import titles
from app.components.tables import digits
from pipelines.evaluation.results.document import BakeoffDocument, BehaviorResult

MARKS = {"pass": "✓", "fail": "✕", "value": "", "not run": "–"}
WORDS = {"pass": "passed", "fail": "failed", "value": "told", "not run": "not run"}
COLORS = {
    "pass": look.OUTCOME_COLOR["better"],
    "fail": look.OUTCOME_COLOR["worse"],
    "value": look.GREY,
    "not run": look.GREY,
}


def behavior_frame(document: BakeoffDocument) -> pd.DataFrame:
    """A row per test and contender: test, contender (name), row, column (titles), state, value,
    low, high, condition, unit, sentence, words. Tests in the order of the first who has them."""
    required = set(document.manifest.get("required") or ())
    named = titles(document)
    found = [(c.name, r) for c in document.contenders for r in c.behavior]
    order = {name: n for n, name in enumerate(dict.fromkeys(r.name for _, r in found))}
    rows = [
        {
            "test": r.name,
            "contender": name,
            "row": r.title + (" (required)" if _of_name(required, r.name) else ""),
            "column": named[name],
            "state": r.state,
            "value": r.value,
            "low": r.low,
            "high": r.high,
            "condition": r.condition,
            "unit": r.unit,
            "sentence": r.sentence,
            "words": f"{MARKS[r.state]} {digits(r.value)}".strip(),
        }
        for name, r in found
    ]
    frame = pd.DataFrame(rows).astype({"value": float, "low": float, "high": float})
    return frame.sort_values("test", key=lambda t: t.map(order), kind="stable", ignore_index=True)


def _of_name(required: set[str], name: str) -> bool:
    """Whether a manifest requires a test, as `one-item` or `one-item=0.3`."""
    return any(text.partition("=")[0] == name for text in required)


def behavior(frame: pd.DataFrame, test: str, contender: str) -> Any:
    """Tests down, contenders across; the chosen cell is outlined, a click chooses another."""
    drawn = frame.drop(columns=["sentence"]).assign(
        side=frame["state"],
        strength=frame["state"].map({"pass": 0.45, "fail": 0.65, "value": 0.1, "not run": 0.0}),
        dashed=frame["state"] == "not run",
        edge=(frame["test"] == test) & (frame["contender"] == contender),
        told=frame["state"].map(WORDS),
    )
    tooltip = [
        alt.Tooltip("row:N", title="test"),
        alt.Tooltip("column:N", title="contender"),
        alt.Tooltip("told:N", title="outcome"),
        alt.Tooltip("value:Q", format=".3~r"),
        alt.Tooltip("unit:N"),
        alt.Tooltip("condition:N", title="passed when"),
    ]
    return matrix(drawn, COLORS, tooltip, fields=["test", "contender"])


def behavior_alt(frame: pd.DataFrame) -> str:
    """What the picture says, in words: for each test who failed it, or what was told."""
    said = []
    for title, part in frame.groupby("row", sort=False):
        failed = part[part["state"] == "fail"]["column"].tolist()
        passed = int((part["state"] == "pass").sum())
        if failed or passed:
            lost = f", failed by {', '.join(failed)}" if failed else ""
            said.append(f"{title}: passed by {passed}{lost}")
        elif (part["state"] == "value").any():
            said.append(f"{title}: told of {int((part['state'] == 'value').sum())}")
        else:
            said.append(f"{title}: not run")
    return f"Behavioral tests. {'; '.join(said)}."


def sentence(document: BakeoffDocument, contender: str) -> str:
    """How many of the tests with a threshold a contender passes, and which it fails."""
    found = next((c for c in document.contenders if c.name == contender), None)
    results: list[BehaviorResult] = [] if found is None else list(found.behavior)
    judged = [r for r in results if r.state in ("pass", "fail")]
    failed = [r.title for r in judged if r.state == "fail"]
    name = titles(document)[contender]
    if not judged:
        return f"No behavioral test with a threshold was run on {name}."
    passed = len(judged) - len(failed)
    lost = f"; it fails: {'; '.join(f[0].lower() + f[1:] for f in failed)}" if failed else ""
    return f"{name} passes {passed} of {len(judged)} behavioral tests{lost}."
