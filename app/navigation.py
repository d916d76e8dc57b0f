"""Pages by section, and the sidebar's pickers of dataset and bake-off."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import PAGES, access, look, state
from app.components import jobs
from app.components.page import plain
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
    st.html(look.css(dark=st.context.theme.type == "dark"))
    st.logo(str(PAGES.parent / "logo.svg"), size="large", icon_image=str(PAGES.parent / "icon.svg"))
    page = st.navigation(pages())
    try:
        with st.sidebar:
            _picker()
        if state.workspace().notice:
            st.warning(plain(state.workspace().notice))
        jobs.strip()
    except AssayError as error:
        st.error(str(error))
        st.stop()
    page.run()


def _picker() -> None:
    """Choose a dataset and one of its bake-offs; both are query parameters."""
    names = state.dataset_names()
    if names:
        state.settle(state.DATASET, names)
        st.selectbox("Dataset", names, key=state.DATASET)
        bakeoffs = [r.id for r in state.bakeoff_records(st.session_state[state.DATASET])]
        state.settle(state.BAKEOFF, bakeoffs)
        if bakeoffs:
            st.selectbox("Bake-off", bakeoffs, key=state.BAKEOFF)
        else:
            st.caption("No bake-off on this dataset yet. Start one on the Build page.")
    else:
        st.caption("No data yet. Load some on the Data page.")
    if access.login_configured():
        st.caption(plain(f"{access.who()}, {access.role()}"))
        if st.button("Sign out", type="tertiary"):
            st.logout()
    elif not access.allowed("lead"):
        st.caption(access.read_only_reason())
