"""Whether the browser has the fields of a page, or draws them anew as empty.

A short click on a link while a field is in use sends two requests: one for the other page, and then
what was typed, for this page, which cuts the other off at once. By then the browser has thrown
this page's fields away, and Streamlit sends the values only of widgets that the server does not
hold: without help, the fields would be empty, and the next input would store that.
"""

from __future__ import annotations

from collections import OrderedDict

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

MOST_SESSIONS = 10_000
_shown: OrderedDict[str, str] = OrderedDict()
"""By session, the page that was last drawn to its end, if no other was begun since.

Not in the session's state: a run that is cut off could not write there any more.
"""


def begin() -> None:
    """At the start of a run: another page's fields are gone from the browser."""
    session, page = _ids()
    if _shown.get(session) != page:
        _shown.pop(session, None)


def end() -> None:
    """At the end of a run that was not cut off: the browser has the page's fields."""
    session, page = _ids()
    _shown[session] = page
    while len(_shown) > MOST_SESSIONS:
        _shown.popitem(last=False)


def anew() -> bool:
    """Whether this run draws fields that the browser does not have."""
    session, page = _ids()
    return _shown.get(session) != page


def send_again(key: str) -> None:
    """Before a widget is drawn: let the browser show what the server holds for it."""
    if anew() and key in st.session_state:
        st.session_state[key] = st.session_state[key]


def _ids() -> tuple[str, str]:
    """The session and the page of this run."""
    context = get_script_run_ctx()
    return ("", "") if context is None else (context.session_id, context.page_script_hash)
