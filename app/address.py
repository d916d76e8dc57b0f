"""The address's query parameters: read when somebody follows a link or goes back, written once.

Each write is a step of the browser's back button, so the parameters of a run are written together
at its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

CARRIED = "address_carried"
"""Session key: parameters that only a copied link has."""
PENDING = "address_pending"
"""Session key: parameters that wait for the end of the run; None removes one."""


ONE_STEP = """<script>
if (!window.assayOneStep) {
  window.assayOneStep = true;
  const push = history.pushState;
  history.pushState = function (state, title, address) {
    const to = new URL(address ?? "", location.href);
    const filled = !location.search && to.search && to.pathname === location.pathname;
    return (filled ? history.replaceState : push).call(history, state, title, address);
  };
}
</script>"""
"""Opening a page is one step of the browser's history, also where its address is filled in then:
Streamlit can only add a step, and Back would lead to the bare address and no further."""


def read(key: str) -> str | None:
    """A parameter's value; None if the address lacks it."""
    found = st.query_params.get(key)
    return None if found is None else str(found)


def followed(key: str) -> bool:
    """Whether somebody changed a parameter since it was written here: a link, or the back button.

    An address without any parameter is a page opened from the sidebar, which changes nothing.
    """
    return len(st.query_params) > 0 and read(key) != st.session_state.get(_written(key))


def collect() -> None:
    """From here on, `put` waits for `write`."""
    st.session_state.setdefault(PENDING, {})


def put(values: Mapping[str, str | None]) -> None:
    """Write parameters; None removes one."""
    pending = st.session_state.get(PENDING)
    if pending is None:
        _write(values)
    else:
        pending.update(values)


def write() -> None:
    """Write what was collected, as one step of the browser's history."""
    _write(st.session_state.pop(PENDING, {}))


def _write(pending: Mapping[str, str | None]) -> None:
    for key, value in pending.items():
        st.session_state[_written(key)] = value
    now = dict(st.query_params.to_dict())
    then = {k: v for k, v in {**now, **pending}.items() if v is not None}
    if then != now:
        st.query_params.from_dict(then)


def carry(values: Mapping[str, str]) -> None:
    """Parameters for the link of this page only: too long for the address."""
    st.session_state[CARRIED] = {key: value for key, value in values.items() if value}


def link() -> str:
    """The whole address of what is shown."""
    base = str(st.context.url or "").partition("?")[0]
    carried = st.session_state.get(CARRIED, {})
    query = urlencode({**st.query_params.to_dict(), **carried})
    return f"{base}?{query}" if query else base


def _written(key: str) -> str:
    return f"address_{key}"
