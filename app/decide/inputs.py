"""The choice of a case, its form, and the draft of what was typed in it."""

from __future__ import annotations

import streamlit as st

from app import access, address, fields
from app.components import drafts, toolbar
from app.components.page import with_code
from app.decide import case_form, case_reading
from app.decide.case_values import Values, changes_of, from_text, reduced, to_text
from pipelines.economics.case import Case
from pipelines.economics.case_files import blank_case, case_of_toml, load_case
from pipelines.economics.evidence import Evidence
from pipelines.economics.formats import in_currency
from pipelines.errors import AssayError
from pipelines.runtime.phrases import number_of

OWN = "own"
CASES = {
    OWN: "your own",
    "shop": "shop",
    "video": "video",
    "data-poor": "little data",
}
FILES = "decide_files"
"""Session key: how many files were opened; each time the uploader is a new one."""
CASE, LINKED = "decide_case", "decide_inputs"
"""Query parameters: the case, and the inputs that a link brings. The address does not keep what
is typed: each number would be a step of the browser's back button."""


def base_case() -> tuple[str, Case]:
    """The name of the chosen case, and the case before changes."""
    name = toolbar.settled(CASE, list(CASES), OWN)
    return name, case_named(name)


def case_named(name: str) -> Case:
    """A case before changes."""
    return blank_case() if name == OWN else load_case(name)


def from_address() -> None:
    """Take the inputs of a link: as the draft if there is none, else as an offer."""
    text = st.query_params.pop(LINKED, "")
    case = st.query_params.get(CASE, OWN)
    linked = from_text(text)
    if not linked or case not in CASES:
        return
    mine = drafts.opened(subject_of(case))
    if not mine:
        restart(case, linked, rerun=False)
    elif linked != mine:
        st.session_state[_offered(case)] = linked


def form(base: Case, own: Evidence | None = None) -> tuple[str, Values]:
    """Draw the choice of the case and its form; returns the case's name and the changes.

    `own` is evidence on the user's own data, which answers some inputs.
    """
    name = toolbar.choice(
        "Case (the last three are examples)",
        list(CASES),
        key=CASE,
        default=OWN,
        format_func=CASES.__getitem__,
    )
    _offer(name)
    key, subject = f"decide_{name}", subject_of(name)
    if fields.anew() or not case_form.alive(key):
        case_form.forget(key)
        draft = drafts.opened(subject)
    else:
        draft = drafts.seen(subject)
    with in_currency(str(draft.get("currency") or base.currency)):
        changes = case_form.draw(
            reduced(base, draft), draft, key=key, on_change=_typed, args=(name,), own=own
        )
    drafts.typed(subject, changes)
    address.carry({LINKED: to_text(changes)})
    _draft_tools(name, changes)
    _open_file()
    return name, changes


def _typed(name: str) -> None:
    """Keep the draft before the page is drawn: a fast click elsewhere would interrupt that."""
    subject = subject_of(name)
    seen = drafts.seen(subject)
    base = reduced(case_named(name), seen)
    drafts.typed(subject, case_reading.read(base, seen, f"decide_{name}"))


def _offer(name: str) -> None:
    """A link's inputs that differ from the draft: use them or not."""
    offered = st.session_state.get(_offered(name))
    if offered is None:
        return
    with st.container(border=True):
        st.markdown("The link that you opened has other inputs than your draft, which is shown.")
        with st.container(horizontal=True):
            if st.button("Use the link's inputs", key=f"decide_use_{name}"):
                del st.session_state[_offered(name)]
                restart(name, offered)
            if st.button("Keep my draft", key=f"decide_keep_{name}"):
                del st.session_state[_offered(name)]
                st.rerun()


def _draft_tools(name: str, changes: Values) -> None:
    """What is kept, and the buttons to discard it and to bring it back."""
    previous = drafts.previous(subject_of(name))
    if changes:
        inputs = number_of(len(changes), "input")
        st.caption(f"Your draft of {inputs} is kept until you discard it.")
    with st.container(horizontal=True):
        if changes and st.button("Discard draft", key=f"decide_reset_{name}"):
            restart(name, {})
        if previous and previous != changes:
            label = "Bring back the previous draft" if changes else "Bring back the draft"
            if st.button(label, key=f"decide_back_{name}", type="tertiary"):
                restart(name, previous)


def _open_file() -> None:
    """Open a case from a TOML file as one's own; the draft before it can be brought back."""
    if not access.allowed("analyst"):
        return
    with st.expander("Open a case from a file", icon=":material/folder_open:"):
        number = st.session_state.get(FILES, 0)
        file = st.file_uploader(
            "A TOML file, as “Download case” gives it and `assay decide --case` reads it",
            type="toml",
            key=f"decide_file_{number}",
        )
        if file is None:
            return
        try:
            case = case_of_toml(file.getvalue(), file.name)
        except AssayError as error:
            st.error(with_code(str(error)), icon=":material/error:")
            return
    st.session_state[FILES] = number + 1
    st.session_state[f"next_{CASE}"] = OWN
    restart(OWN, changes_of(case, blank_case()))


def restart(name: str, changes: Values, *, rerun: bool = True) -> None:
    """Replace the draft of a case and redraw its form."""
    drafts.replace(subject_of(name), changes)
    case_form.forget(f"decide_{name}")
    if rerun:
        st.rerun()


def subject_of(name: str) -> str:
    """The name of a case's draft."""
    return f"decide:{name}"


def _offered(name: str) -> str:
    return f"decide_offered_{name}"
