"""Overview: where the question stands, the five steps to its answer, and where to go."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app import state
from app.components import charts, jobs, page, results
from app.components.tables import moment, show
from app.data import upload
from pipelines.economics.decision import decide
from pipelines.economics.evidence import evidence_from_bakeoff
from pipelines.economics.summary import sentence
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.workspace.records import DecisionRecord

CARDS = (
    (
        "See what people would get",
        "The lists of all contenders side by side, for a person or for titles you pick.",
        "explore",
        "Explore the lists",
    ),
    (
        "Load your events and compare",
        "Who took up what, and when: one file is enough to see whether your data suffices.",
        "data",
        "Load your data",
    ),
    (
        "Does your core business depend on recommendations?",
        "The first question of build or buy; traffic, margin and costs follow.",
        "decide",
        "Start the decision",
    ),
)


def draw() -> None:
    name = state.chosen_dataset()
    document = state.chosen_document()
    saved = _saved(document)
    frame = steps(name, document, saved)
    page.opening(
        standing(name, document, saved),
        charts.steps(frame),
        "Five steps. "
        + " ".join(f"{r['step'].capitalize()}: {r['line']}." for r in frame.to_dict("records")),
        frame,
        key="overview_steps",
    )
    if name is None:
        upload.samples()
    columns = st.columns(3, gap="medium")
    for column, (title, words, target, label) in zip(columns, CARDS, strict=True):
        with column.container(border=True, height="stretch"):
            st.subheader(page.plain(title), anchor=False)
            st.write(words)
            page.link(target, label, ":material/arrow_forward:")
    if document is not None:
        with page.numbers(f"The bake-off {document.id}"):
            _numbers(document)
    if name is not None:
        page.notice(state.about(name))


def standing(
    name: str | None, document: BakeoffDocument | None, saved: DecisionRecord | None
) -> str:
    """The state of the question in one sentence."""
    if name is None:
        return "Nothing is loaded yet: start with your own events or a sample."
    if saved is not None and saved.document.get("sentence"):
        return str(saved.document["sentence"])
    running = jobs.live("bakeoff", name)
    if document is None:
        ahead = "the first bake-off is running" if running else "no bake-off has been run"
        return f"Not decidable yet: {ahead} on {name}."
    evidence = evidence_from_bakeoff(
        document.model_dump(mode="json"), is_sample=state.about(name).is_sample
    )
    return sentence(decide(None, evidence))


def steps(
    name: str | None, document: BakeoffDocument | None, saved: DecisionRecord | None
) -> pd.DataFrame:
    """The five steps: step, state ("done", "now", "open"), line."""
    built = document is not None and _built(document) > 0
    lines = {
        "data": (name is not None, _data_line(name)),
        "build": (built, _build_line(document)),
        "compare": (document is not None, _compare_line(document)),
        "test": (False, "no test with real people yet"),
        "decide": (saved is not None, _decide_line(saved)),
    }
    current = next((step for step, (done, _) in lines.items() if not done), None)
    rows: list[dict[str, Any]] = []
    for step, (done, line) in lines.items():
        rows.append(
            {
                "step": step,
                "state": "done" if done else "now" if step == current else "open",
                "line": line,
            }
        )
    return pd.DataFrame(rows)


def _data_line(name: str | None) -> str:
    if name is None:
        return "nothing loaded"
    if state.workspace().dataset_record(name).state != "ready":
        return f"{name}: loaded on first use"
    found = state.readiness(name).approaches
    enough = int((found["state"] == "enough").sum())
    return f"{name}: enough for {enough} of {len(found)} approaches"


def _build_line(document: BakeoffDocument | None) -> str:
    if document is None:
        return "nothing built yet"
    built = _built(document)
    return f"{built} pipeline{'' if built == 1 else 's'} built and scored"


def _built(document: BakeoffDocument) -> int:
    return sum(c.kind == "built" and c.status == "scored" for c in document.contenders)


def _compare_line(document: BakeoffDocument | None) -> str:
    if document is None:
        return "no bake-off yet"
    return f"{results.who_leads(document)}; {results.vendor_words(document)}"


def _decide_line(saved: DecisionRecord | None) -> str:
    if saved is None:
        return "no decision saved"
    return f"{saved.document.get('decision', saved.title)}, {moment(saved.created)}"


def _saved(document: BakeoffDocument | None) -> DecisionRecord | None:
    """The newest decision that rests on the chosen bake-off."""
    if document is None:
        return None
    return next((d for d in state.workspace().decisions() if d.bakeoff == document.id), None)


def _numbers(document: BakeoffDocument) -> None:
    metric = results.metric_of(document)
    frame = pd.DataFrame(
        [
            {
                "contender": c.title,
                "status": c.status,
                results.metric_label(document): results.value_of(c, metric),
                "p95 of a request (ms)": c.request_ms.p95 if c.request_ms else None,
                "fit (s)": c.fit_seconds,
                "peak memory (MB)": c.peak_mb,
            }
            for c in document.contenders
        ]
    )
    show(frame, key="overview_numbers", alt="The contenders of the chosen bake-off.")
    if document.manifest.get("split_note"):
        st.caption(page.plain(f"{document.manifest['split']}: {document.manifest['split_note']}."))


page.show(draw)
