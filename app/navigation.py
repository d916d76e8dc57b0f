"""Pages by section, and the sidebar's pickers of dataset and bake-off."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import PAGES, access, address, glossary, look, state
from app.components import job_strip, shipped
from app.components.page import plain, with_code
from pipelines.errors import AssayError

SECTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Understand": (
        ("overview", "Overview", "space_dashboard"),
        ("explore", "Explore", "compare_arrows"),
    ),
    "Work": (
        ("data", "Data", "table_rows"),
        ("build", "Build", "account_tree"),
        ("compare", "Compare", "candlestick_chart"),
        ("runs", "Runs", "history"),
    ),
    "Decide": (("decide", "Decide", "balance"),),
}
"""The sections of the sidebar; of each page its file's name, title and icon."""
START = "overview"


def pages() -> dict[str, list[Any]]:
    """The sidebar's sections and their pages (`st.Page`)."""
    found: dict[str, list[Any]] = {
        section: [
            st.Page(
                PAGES / f"{name}.py",
                title=title,
                icon=f":material/{icon}:",
                url_path=name if name != START else "start",
                default=name == START,
            )
            for name, title, icon in entries
        ]
        for section, entries in SECTIONS.items()
    }
    # Streamlit serves the default page at the root only: /overview redirects there.
    found["Understand"].append(st.Page(_to_start, url_path=START, visibility="hidden"))
    return found


def _to_start() -> None:
    st.switch_page(str(PAGES / f"{START}.py"), query_params=st.query_params)


def run() -> None:
    """Draw the sidebar, the running jobs and the requested page."""
    st.html(look.css())
    st.logo(str(PAGES.parent / "logo.svg"), size="large", icon_image=str(PAGES.parent / "icon.svg"))
    page = st.navigation(pages())
    with st.sidebar:
        st.html(address.ONE_STEP, unsafe_allow_javascript=True)
    address.collect()
    st.set_page_config(page_title=f"{page.title} · Assay")
    try:
        with st.sidebar:
            _of_link()
            _picker()
        if state.workspace().notice:
            st.warning(plain(state.workspace().notice))
        job_strip.strip(page.title, below=lambda: shipped.notice(page.title))
    except AssayError as error:
        st.error(with_code(str(error)))
        st.stop()
    page.run()


def _of_link() -> None:
    """Choose the dataset of the bake-off that a link names without its dataset."""
    linked = address.read(state.BAKEOFF)
    if not linked or address.read(state.DATASET) or not address.followed(state.BAKEOFF):
        return
    found = next((r for r in state.bakeoff_records() if r.id == linked), None)
    if found is not None:
        state.choose(dataset=found.dataset)


def _not_there(dataset: str | None, bakeoff: str | None) -> str:
    """What a link asked for and this workspace does not have, and what is shown instead."""
    asked = f"a dataset {dataset!r}" if dataset else ""
    if bakeoff:
        asked += f"{' and ' if asked else ''}a bake-off {bakeoff!r}"
    shown = str(st.session_state[state.DATASET])
    of = "" if dataset else f" on {shown}"
    other = st.session_state.get(state.BAKEOFF)
    instead = f"{shown}, bake-off {other}" if other else shown
    return f"The link asks for {asked}{of}, which this workspace does not have. Shown: {instead}."


def _picker() -> None:
    """Choose a dataset and one of its bake-offs; both are query parameters."""
    names = state.dataset_names()
    if names:
        unknown = state.settle(state.DATASET, names)
        name = st.selectbox("Dataset", names, key=state.DATASET)
        records = state.bakeoff_records(name)
        bakeoffs, came = [r.id for r in records], {r.id for r in records if r.shipped}
        gone = state.settle(state.BAKEOFF, bakeoffs)
        if unknown or gone:
            st.session_state[state.NOT_THERE] = _not_there(unknown, gone)
        if bakeoffs:
            st.selectbox(
                "Bake-off",
                bakeoffs,
                key=state.BAKEOFF,
                format_func=lambda id: f"{id} (shipped)" if id in came else id,
            )
        else:
            st.caption("No bake-off on this dataset yet. Start one on the Build page.")
    else:
        st.caption("No data yet. Load some on the Data page.")
    glossary.button()
    if access.login_configured():
        st.caption(plain(f"{access.who()}, {access.role()}"))
        if st.button("Sign out", type="tertiary"):
            st.logout()
    if access.read_only() or not (access.login_configured() or access.allowed("lead")):
        st.caption(access.read_only_reason())
