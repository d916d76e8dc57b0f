"""Runs: what was run, how a metric moved, and which line of a spec moved it."""

from __future__ import annotations

import difflib

import pandas as pd
import streamlit as st

from app import look, state
from app.components import charts, jobs, page, results
from app.components.tables import duration, moment, show
from app.runs import steps
from app.runs.pairs import Run, apart, bakeoffs, nearest, runs_of, that_count, told
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.runtime import paths

NEWEST = 30
"""Bake-offs that are looked at."""
MLFLOW = "http://127.0.0.1:5000"


def draw() -> None:
    name = state.chosen_dataset()
    documents = [state.document(r.id) for r in state.bakeoff_records(name)[:NEWEST]] if name else []
    if not documents:
        words = jobs.waiting("bakeoff", name) or "No bake-off has been run here yet."
        steps.opening(words, "build", key="runs_empty")
        page.link("build", "Run a bake-off", ":material/arrow_forward:")
        _jobs()
        return
    runs = [run for document in documents for run in runs_of(document)]
    _over_time(documents, runs)
    _difference(runs)
    _mlflow(documents)
    with page.numbers("Bake-offs of this dataset"):
        show(_table(documents), key="runs_bakeoffs", alt="The bake-offs of the chosen dataset.")
    _jobs()
    page.notice(state.about(str(name)))


def _over_time(documents: list[BakeoffDocument], runs: list[Run]) -> None:
    """The opening: the sentence on two specs, and the metric over the bake-offs."""
    pair = _chosen_pair(runs)
    here = state.chosen_document() or documents[0]
    metric = results.metric_of(here)
    alike = [d for d in documents if d.manifest.get("hash") == here.manifest.get("hash")]
    rows = [
        {
            "created": pd.Timestamp(d.created).tz_convert("UTC").tz_localize(None),
            "bakeoff": d.id,
            "contender": _drawn_as(c),
            "value": c.metrics[metric].value,
            "low": c.metrics[metric].low,
            "high": c.metrics[metric].high,
        }
        for d in alike
        for c in d.contenders
        if results.value_of(c, metric) is not None
    ]
    frame = pd.DataFrame(rows)
    seen = {c.name: c for d in reversed(alike) for c in d.contenders}
    known = look.styles((name, seen[name].kind) for name in sorted(seen))
    styles = {_drawn_as(seen[name]): style for name, style in known.items()}
    said, more = told(*pair) if pair else (_alone(here), "")
    split = here.manifest.get("split", "")
    page.opening(
        said,
        charts.over_time(frame, styles, label(metric)) if len(frame) else None,
        f"{label(metric)} of {len(seen)} contenders over {bakeoffs(len(alike))} with the split "
        f"{split}: {results.who_leads(here)} in the chosen one.",
        frame,
        key="runs_over_time",
    )
    if more:
        st.write(page.plain(more))
    drawn = f"{bakeoffs(len(alike))} with split {split}, k {here.manifest.get('k')}"
    others = apart(here, documents)
    left_out = f"; not drawn: {others}" if others else ""
    st.caption(page.plain(f"{drawn[0].upper()}{drawn[1:]}{left_out}."))


def _drawn_as(contender: ContenderResult) -> str:
    """What the chart calls a contender: its name, as in the specs below; a stand-in in full."""
    return look.KIND_WORDS["stand-in"] if contender.kind == "stand-in" else contender.name


def _alone(document: BakeoffDocument) -> str:
    leads = results.who_leads(document)
    return f"{leads[0].upper()}{leads[1:]}; there is no second spec to compare it with yet."


def _chosen_pair(runs: list[Run]) -> tuple[Run, Run] | None:
    """The two that were picked, else the nearest ones: on the drawn question, if there are two."""
    by_key = {run.key: run for run in runs}
    old, new = (st.session_state.get(key) for key in ("runs_before", "runs_after"))
    if old in by_key and new in by_key:
        return by_key[old], by_key[new]
    here = state.chosen_bakeoff()
    drawn = {run.question for run in runs if run.document.id == here}
    on_it = [run for run in runs if run.question in drawn]
    return nearest(on_it) or nearest(runs) or ((runs[1], runs[0]) if len(runs) > 1 else None)


def _difference(runs: list[Run]) -> None:
    """Two specs, line by line."""
    pair = _chosen_pair(runs)
    if pair is None:
        return
    st.header("Difference of two specs", anchor=False)
    keys = [run.key for run in runs]
    for key, run in zip(("runs_before", "runs_after"), pair, strict=True):
        if st.session_state.get(key) not in keys:
            st.session_state[key] = run.key
    left, right = st.columns(2)
    left.selectbox("Before", keys, key="runs_before")
    right.selectbox("After", keys, key="runs_after")
    before, after = _chosen_pair(runs) or pair
    old, new = that_count(before.toml), that_count(after.toml)
    lines = difflib.unified_diff(old, new, before.key, after.key, lineterm="", n=2)
    text = "\n".join(lines)
    if text:
        st.code(text, language="diff")
    else:
        st.caption("The two specs are the same, line by line.")


def _mlflow(documents: list[BakeoffDocument]) -> None:
    st.header("In MLflow", anchor=False)
    here = state.chosen_document() or documents[0]
    st.write("Every bake-off is a run there, with a child per contender. Start its page with:")
    st.code(f"mlflow ui --backend-store-uri {paths.tracking_uri()}", language="bash")
    if here.mlflow_run_id:
        address = f"{MLFLOW}/#/runs/{here.mlflow_run_id}"
        st.link_button("Open this bake-off in MLflow", address, icon=":material/open_in_new:")
    else:
        notes = [note for note in here.notes if "MLflow" in note]
        st.caption(page.plain(" ".join(notes) or "The chosen bake-off was not written to MLflow."))


def _table(documents: list[BakeoffDocument]) -> pd.DataFrame:
    rows = []
    for d in documents:
        best = results.leader(d)
        scored = sum(c.status == "scored" for c in d.contenders)
        rows.append(
            {
                "when (UTC)": moment(d.created),
                "bake-off": d.id,
                "split": d.manifest.get("split"),
                "scored": f"{scored} of {len(d.contenders)}",
                "leads": best.title if best else "",
                "metric": results.metric_label(d),
                "value": results.value_of(best, results.metric_of(d)) if best else None,
            }
        )
    return pd.DataFrame(rows)


def _jobs() -> None:
    found = state.workspace().jobs(50)
    if not found:
        return
    with page.numbers("Jobs"):
        rows = [
            {
                "job": job.id,
                "what": jobs.title(job),
                "state": job.state,
                "says": job.error or job.message,
                "started (UTC)": moment(job.started),
                "took": duration(job.seconds),
            }
            for job in found
        ]
        show(pd.DataFrame(rows), key="runs_jobs", alt="The newest jobs and how they ended.")
        again = [job.id for job in found if job.restartable]
        if again:
            with st.container(horizontal=True, vertical_alignment="bottom"):
                chosen = st.selectbox("A job that did not finish", again, width=240)
                if st.button("Start again"):
                    jobs.restart(chosen)
                    st.rerun()


page.show(draw)
