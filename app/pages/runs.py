"""Runs: what was run, how a metric moved, and which line of a spec moved it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import pandas as pd
import streamlit as st

from app import look, state
from app.components import charts, jobs, page, results, steps
from app.components.tables import duration, moment, show, signed
from pipelines import paths
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results import BakeoffDocument, ContenderResult
from pipelines.spec import Spec

NEWEST = 30
"""Bake-offs that are looked at."""
MLFLOW = "http://127.0.0.1:5000"


@dataclass(frozen=True)
class Run:
    """One contender of one bake-off, with its spec as text."""

    document: BakeoffDocument
    contender: ContenderResult
    toml: str

    @property
    def key(self) -> str:
        return f"{self.contender.name} in {self.document.id}"

    @property
    def question(self) -> str:
        return str(self.document.manifest.get("hash", ""))


def draw() -> None:
    name = state.chosen_dataset()
    documents = [state.document(r.id) for r in state.bakeoff_records(name)[:NEWEST]] if name else []
    if not documents:
        words = jobs.waiting("bakeoff", name) or "No bake-off has been run here yet."
        steps.opening(words, "build", key="runs_empty")
        page.link("build", "Run a bake-off", ":material/arrow_forward:")
        _jobs()
        return
    runs = [run for document in documents for run in _runs(document)]
    _over_time(documents, runs)
    _difference(runs)
    _mlflow(documents)
    with page.numbers("Bake-offs of this dataset"):
        show(_table(documents), key="runs_bakeoffs", alt="The bake-offs of the chosen dataset.")
    _jobs()
    page.notice(state.about(str(name)))


def _runs(document: BakeoffDocument) -> Iterator[Run]:
    for contender in document.contenders:
        if contender.kind == "built" and contender.status == "scored" and contender.spec:
            yield Run(document, contender, Spec.model_validate(contender.spec).to_toml())


def changed_lines(before: str, after: str) -> int:
    """How many lines differ: a replaced line counts once. Names and words do not count."""
    a, b = ([line for line in _that_count(text) if line] for text in (before, after))
    blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in blocks if tag != "equal")


def _that_count(text: str) -> list[str]:
    words = ("name = ", "title = ", "description = ")
    return [line for line in text.splitlines() if not line.startswith(words)]


def nearest(runs: list[Run]) -> tuple[Run, Run] | None:
    """The two runs that answered one question with the least different specs, newest first."""
    pairs = [
        (changed_lines(b.toml, a.toml), a.contender.name != b.contender.name, at, (b, a))
        for at, (a, b) in enumerate(combinations(runs[:40], 2))
        if a.question == b.question and a.contender.spec_hash != b.contender.spec_hash
    ]
    return min(pairs, key=lambda pair: pair[:3])[3] if pairs else None


def sentence(before: Run, after: Run) -> str:
    """`One spec line changed: +0.0120 NDCG@10.`"""
    count = changed_lines(before.toml, after.toml)
    lines = {0: "No spec line", 1: "One spec line"}.get(count, f"{count} spec lines")
    metric = results.metric_of(after.document)
    if before.question != after.question:
        return (
            f"{lines} changed; the two runs answered different questions, so no difference counts."
        )
    old = results.value_of(before.contender, metric) or 0.0
    new = results.value_of(after.contender, metric) or 0.0
    one, two = before.contender.name, after.contender.name
    names = f"in {one}" if one == two else f"from {one} to {two}"
    return f"{lines} changed {names}: {signed(new - old)} {label(metric)}."


def _over_time(documents: list[BakeoffDocument], runs: list[Run]) -> None:
    """The opening: the sentence on two specs, and the metric over the bake-offs."""
    pair = _chosen_pair(runs)
    here = state.chosen_document() or documents[0]
    metric = results.metric_of(here)
    alike = [d for d in documents if _comparable(d) == _comparable(here)]
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
    said = sentence(*pair) if pair else _alone(here)
    split = here.manifest.get("split", "")
    page.opening(
        said,
        charts.over_time(frame, styles, label(metric)) if len(frame) else None,
        f"{label(metric)} of {len(seen)} contenders over {_bakeoffs(len(alike))} with the split "
        f"{split}: {results.who_leads(here)} in the chosen one.",
        frame,
        key="runs_over_time",
    )
    others = len(documents) - len(alike)
    more = f"; not drawn: {_bakeoffs(others)} with another split, k or data" if others else ""
    drawn = f"{_bakeoffs(len(alike))} with split {split}, k {here.manifest.get('k')}{more}."
    st.caption(page.plain(drawn[0].upper() + drawn[1:]))


def _bakeoffs(count: int) -> str:
    return "one bake-off" if count == 1 else f"{count} bake-offs"


def _drawn_as(contender: ContenderResult) -> str:
    """What the chart calls a contender: its name, as in the specs below; a stand-in in full."""
    return look.KIND_WORDS["stand-in"] if contender.kind == "stand-in" else contender.name


def _alone(document: BakeoffDocument) -> str:
    leads = results.who_leads(document)
    return f"{leads[0].upper()}{leads[1:]}; there is no second spec on the same question yet."


def _comparable(document: BakeoffDocument) -> tuple[object, ...]:
    wanted = ("fingerprint", "split", "k", "seen", "metric", "metric_definitions", "users_hash")
    return tuple(document.manifest.get(key) for key in wanted)


def _chosen_pair(runs: list[Run]) -> tuple[Run, Run] | None:
    by_key = {run.key: run for run in runs}
    old, new = (st.session_state.get(key) for key in ("runs_before", "runs_after"))
    if old in by_key and new in by_key:
        return by_key[old], by_key[new]
    return nearest(runs)


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
    old, new = _that_count(before.toml), _that_count(after.toml)
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
