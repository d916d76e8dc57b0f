"""Who the user is and what they may do.

A viewer reads, an analyst also imports and runs, a lead also deletes and decides; whoever is
signed in may give an opinion. With a sign-in (`[auth]` in Streamlit's secrets) the table
`[roles]` there names each person's role by e-mail; who is not named is a viewer. Without one,
whoever reaches a server that listens on this machine alone is its lead. A hidden widget is no
boundary: what does the work calls `require` itself.
"""

from __future__ import annotations

from typing import Literal, get_args

import streamlit as st

from pipelines.errors import AssayError

Role = Literal["viewer", "analyst", "lead"]
ROLES: tuple[Role, ...] = get_args(Role)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def login_configured() -> bool:
    """Whether this server has a sign-in (OIDC, Streamlit's `st.login`)."""
    return bool(st.secrets.load_if_toml_exists()) and "auth" in st.secrets


def role() -> Role:
    """The role of whoever looks at the page."""
    if login_configured():
        named = st.secrets.get("roles", {}) if st.user.is_logged_in else {}
        found = named.get(str(st.user.get("email", "")).lower(), "viewer") if named else "viewer"
        return found if found in ROLES else "viewer"
    return "lead" if st.get_option("server.address") in LOOPBACK else "viewer"


def allowed(needed: Role) -> bool:
    """Whether the role is `needed` or above."""
    return ROLES.index(role()) >= ROLES.index(needed)


def require(needed: Role, doing: str) -> None:
    """Raise `AssayError` unless the role is `needed` or above; `doing` names the deed."""
    if not allowed(needed):
        raise AssayError(f"{doing} needs the role {needed}; yours is {role()}.")


def who() -> str:
    """The e-mail of whoever is signed in; empty without a sign-in."""
    signed_in = login_configured() and st.user.is_logged_in
    return str(st.user.get("email", "")).lower() if signed_in else ""


def may_vote() -> bool:
    """Whether there may be an opinion: of anybody signed in, else of this machine's user."""
    return bool(st.user.is_logged_in) if login_configured() else allowed("lead")


def gate() -> None:
    """Stop at a sign-in where the server has one and nobody is signed in."""
    if login_configured() and not st.user.is_logged_in:
        st.title("Assay", anchor=False)
        st.write("Sign in to see your team's workspace.")
        if st.button("Sign in", type="primary"):
            st.login()
        st.stop()
