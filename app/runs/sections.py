"""The sections of the Runs page below the chart: MLflow, bake-offs and jobs."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import state
from app.components import jobs, page, results
from app.components.tables import duration, moment, show
from pipelines.evaluation.results.document import BakeoffDocument
from pipelines.runtime import paths

MLFLOW = "http://127.0.0.1:5000"


def mlflow(documents: list[BakeoffDocument]) -> None:
    """How to open MLflow, and a link to the chosen bake-off's run."""
    st.header("MLflow", anchor=False)
    here = state.chosen_document() or documents[0]
    st.write(
        "Every bake-off is an MLflow run, with a child run for each contender. Start MLflow's UI "
        "with:"
    )
    st.code(f"mlflow ui --backend-store-uri {paths.tracking_uri()}", language="bash")
    if here.mlflow_run_id:
        address = f"{MLFLOW}/#/runs/{here.mlflow_run_id}"
        st.link_button("Open this bake-off in MLflow", address, icon=":material/open_in_new:")
    else:
        notes = [note for note in here.notes if "MLflow" in note]
        st.caption(page.plain(" ".join(notes) or "The chosen bake-off was not logged to MLflow."))


def bakeoffs(documents: list[BakeoffDocument]) -> None:
    """The bake-offs of the chosen dataset as a table."""
    rows = []
    for d in documents:
        best = results.leader(d)
        scored = sum(c.status == "scored" for c in d.contenders)
        rows.append(
            {
                "created (UTC)": moment(d.created),
                "bake-off": d.id,
                "split": d.manifest.get("split"),
                "scored": f"{scored} of {len(d.contenders)}",
                "leader": best.title if best else "",
                "metric": results.metric_label(d),
                "value": results.value_of(best, results.declared_metric(d)) if best else None,
            }
        )
    with page.numbers("Bake-offs of this dataset"):
        show(pd.DataFrame(rows), key="runs_bakeoffs", alt="The bake-offs of the chosen dataset.")


def job_list() -> None:
    """The newest jobs, and a button that restarts one that did not finish."""
    found = state.workspace().jobs(50)
    if not found:
        return
    with page.numbers("Jobs"):
        rows = [
            {
                "id": job.id,
                "job": jobs.title(job),
                "state": job.state,
                "message": job.error or job.message,
                "started (UTC)": moment(job.started),
                "duration": duration(job.seconds),
            }
            for job in found
        ]
        show(pd.DataFrame(rows), key="runs_jobs", alt="The newest jobs and how they ended.")
        unfinished = [job.id for job in found if job.restartable]
        if unfinished:
            with st.container(horizontal=True, vertical_alignment="bottom"):
                chosen = st.selectbox("Unfinished job", unfinished, width=240)
                if st.button("Restart"):
                    jobs.restart(chosen)
                    st.rerun()
