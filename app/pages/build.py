"""Build: a pipeline's stages as a flow, the chosen stage's settings, and a bake-off of it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app import access, state
from app.build import spec_editor, spec_flow
from app.components import charts, forms, jobs, page
from app.components.tables import about, memory, show
from pipelines.data.split import Protocol
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.request import BASELINES, BakeoffRequest
from pipelines.evaluation.behavior.requirements import requirable
from pipelines.evaluation.manifest.manifest import Budget
from pipelines.recommender.spec import Spec

SPLITS = ("time:0.9", "time:0.8", "last-n:5", "last-n:10", "leave-one-out", "users:0.1")


def draw() -> None:
    name = state.chosen_dataset()
    top = st.container()
    spec_editor.settle_stage()
    left, form = st.columns([7, 4], gap="medium")
    picture = left.container()
    with left:
        _starting_point()
    with form:
        doc = spec_editor.editor()
    wrong = spec_editor.problem(doc)
    k = int(st.session_state.get("build_k", 10))
    takes = None if wrong or name is None else state.preflight(doc, name)
    with top:
        page.opening(sentence(doc, k, takes, wrong))
    with picture:
        _flow(doc, k, takes)
        if takes is not None:
            for row in takes.dropna(subset=["refusal"]).to_dict("records"):
                st.error(page.plain(f"{row['stage']}: {row['refusal']}"))
    _run(name, doc, wrong, refused=takes is not None and bool(takes["refusal"].notna().any()))
    with page.numbers("The spec as a file"):
        spec_editor.file(doc)
    if takes is not None:
        with page.numbers("What each stage takes"):
            _takes(takes)


def sentence(doc: dict[str, Any], k: int, takes: pd.DataFrame | None, wrong: str | None) -> str:
    """`500 → 100 → 10; about 41 s, 0.9 GB.`"""
    if wrong:
        return wrong
    funnel = spec_flow.funnel(doc, k)
    if takes is None:
        return f"{funnel}; load data to see what it takes."
    if takes["refusal"].notna().any():
        return f"{funnel}; it would not fit: see below for what would."
    seconds, megabytes = float(takes["seconds"].sum()), float(takes["megabytes"].sum())
    usd = float(takes["usd"].sum())
    money = f"${usd:,.2f}" if usd >= 0.01 else "under $0.01"
    return f"{funnel}; about {about(seconds)} to fit, {memory(megabytes)}, {money}."


def _starting_point() -> None:
    """Which spec is edited."""
    shipped = Spec.shipped()
    doc = spec_editor.document()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Start from a pipeline that ships",
            shipped,
            index=shipped.index(spec_editor.START),
            format_func=lambda name: Spec.load(name).title or name,
            key=spec_editor.FROM,
            width=240,
        )
        if st.button("Load it", disabled=not _differs(doc, chosen)):
            spec_editor.load(Spec.load(chosen))
            st.rerun()
        doc["name"] = st.text_input(
            "Name of this pipeline",
            value=str(doc["name"]),
            key=f"build_name_{doc['name']}",
            width=240,
        ).strip()
    description = doc.get("description")
    if description:
        st.caption(page.plain(str(description)))


def _differs(doc: dict[str, Any], name: str) -> bool:
    return doc.get("name") != name or spec_editor.changed(doc)


def _flow(doc: dict[str, Any], k: int, takes: pd.DataFrame | None) -> None:
    seconds: dict[str, float] = {}
    if takes is not None:
        fitted = [id for id in spec_editor.stages(doc) if not id.startswith("rules")]
        seconds = dict(zip(fitted, takes["seconds"].tolist(), strict=False))
    chosen = st.session_state.get(spec_editor.STAGE)
    nodes, links, columns = spec_flow.nodes_and_links(doc, k, seconds, chosen)
    page.picture(
        charts.flow(nodes, links, columns),
        f"The stages of {doc['name']} from left to right: {spec_flow.funnel(doc, k)} items.",
        nodes[["id", "title", "words"]],
        key="build_flow",
        on_select=_clicked,
        selection="stage",
    )


def _clicked() -> None:
    """A click on a box chooses its stage."""
    picked = st.session_state.get("build_flow_chart", {}).get("selection", {}).get("stage", [])
    if picked and "id" in picked[0]:
        st.session_state[f"next_{spec_editor.STAGE}"] = picked[0]["id"]


def _run(name: str | None, doc: dict[str, Any], wrong: str | None, *, refused: bool) -> None:
    """What takes part in the bake-off, on which question; starts it as a job."""
    st.header("Run a bake-off", anchor=False)
    if name is None:
        page.link("data", "Load data first", ":material/arrow_forward:")
        return
    if not access.allowed("analyst"):
        st.caption("Your role may look, not run.")
        return
    others = [s for s in Spec.shipped() if s not in (*BASELINES, doc["name"])]
    mine = [] if doc["name"] in BASELINES else [str(doc["name"])]
    options = [*mine, *others]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chosen = st.multiselect(
            f"Pipelines ({' and '.join(BASELINES)} always take part)",
            options,
            default=options[:3],
            key=f"build_pipelines_{doc['name']}",
        )
        standin = st.checkbox(
            "With the stand-in for a third party (not Amazon)", value=True, key="build_standin"
        )
    with right:
        split = st.selectbox(
            "Split",
            SPLITS,
            key="build_split",
            accept_new_options=True,
            help="time\\:F trains on the first share F of the events, time\\:DATE on those before "
            "a date; last-n\\:N holds out each person's last N events, leave-one-out the last one; "
            "users\\:F asks about a share F of the people, none of whose events are trained on.",
        )
        k = st.number_input("Length of the lists (k)", 1, 200, 10, key="build_k")
    request: dict[str, Any] = {
        "dataset": name,
        "specs": [doc if c == doc["name"] and spec_editor.changed(doc) else c for c in chosen],
        "third_party": ["stand-in"] if standin else [],
        "split": str(split),
        "k": int(k),
    }
    with st.expander("More of the question: third party, sample of people, budget, tests"):
        _more(request)
    note = _note(request["split"], third_parties=bool(request["third_party"]))
    if note:
        st.caption(note)
    running = jobs.live("bakeoff")
    label = "Run the bake-off" if not running else "Run after the one that runs now"
    if st.button(
        label, type="primary", disabled=bool(wrong) or refused, icon=":material/play_arrow:"
    ):
        _start(request)


def _more(request: dict[str, Any]) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        other = st.text_input(
            "Another third party",
            key="build_other",
            placeholder="exported:/path/to/lists.csv, or personalize:NAME",
        ).strip()
        users = st.number_input(
            "People asked, at most",
            min_value=1,
            value=None,
            placeholder="all",
            key="build_eval_users",
        )
        share = st.number_input(
            "Smallest useful difference (share of the baseline)",
            min_value=0.0,
            value=0.02,
            step=0.01,
            key="build_useful",
        )
    with right:
        request["budget"] = forms.settings(Budget, {}, key="build_budget")
        tests = requirable()
        request["required"] = st.multiselect(
            "Behavioral tests that must be passed",
            list(tests),
            format_func=lambda name: tests.get(name, name),
            key="build_required",
            help="Who fails one is not told as a clean win; docs/behavior.md has each test.",
        )
    if other:
        request["third_party"] = [*request["third_party"], other]
    request |= {"eval_users": None if users is None else int(users), "useful_share": float(share)}


def _note(split: str, *, third_parties: bool) -> str:
    """What a reader must know of the split, or why it cannot be asked."""
    try:
        note = Protocol.of_bakeoff(split, third_parties=third_parties).note
    except AssayError as error:
        return page.plain(str(error))
    return page.plain(f"{split}: {note}.") if note else ""


def _start(request: dict[str, Any]) -> None:
    """Check the request as the job would, then start it."""
    checked = BakeoffRequest.of(request)
    _ = checked.entries  # a wrong contender is refused before a job starts
    jobs.start("bakeoff", checked.model_dump(mode="json"))
    st.rerun()


def _takes(takes: pd.DataFrame) -> None:
    frame = takes.rename(columns={"seconds": "fit (s)", "megabytes": "memory (MB)"})
    show(
        frame[["stage", "fit (s)", "memory (MB)"]],
        key="build_takes",
        alt="Estimated time and memory of each stage's fit.",
    )
    st.caption("Estimates for 2 cores. Models behind tiers are fitted twice: once to train them.")


page.show(draw)
