"""Runs: past bake-offs, how a metric changed, and which spec lines changed it."""

from __future__ import annotations

from app import state
from app.components import jobs, page, steps
from app.runs import over_time, sections, spec_difference
from app.runs.pairs import runs_of

NEWEST = 30
"""How many bake-offs are loaded, the newest first."""


def draw() -> None:
    name = state.chosen_dataset()
    documents = [state.document(r.id) for r in state.bakeoff_records(name)[:NEWEST]] if name else []
    if not documents:
        sentence = jobs.waiting("bakeoff", name) or "No bake-off has been run here yet."
        steps.opening(sentence, "Build" if name else "Data", key="runs_empty")
        if name:
            page.link("build", "Run a bake-off", ":material/arrow_forward:")
        else:
            page.link("data", "Load your events", ":material/arrow_forward:")
        sections.job_list()
        return
    runs = [run for document in documents for run in runs_of(document)]
    over_time.section(documents, spec_difference.chosen_pair(runs))
    spec_difference.section(runs)
    sections.mlflow(documents)
    sections.bakeoffs(documents)
    sections.job_list()
    page.notice(state.about(str(name)))


page.show(draw)
