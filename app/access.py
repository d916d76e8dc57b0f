"""Who the user is and what they may do.

A viewer reads. An analyst can also import data and run jobs. A lead can also delete data and
save decisions. Every signed-in user can vote in the taste test. With a sign-in (`[auth]` in
Streamlit's secrets), the table `[roles]` there maps each e-mail to a role; users without a role
are viewers. Without a sign-in, everyone who reaches a server that listens on this machine only
is a lead. Hiding a widget is not access control: the functions that do the work call `require`.
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
    """The role of the current user."""
    if login_configured():
        named = st.secrets.get("roles", {}) if st.user.is_logged_in else {}
        found = named.get(str(st.user.get("email", "")).lower(), "viewer") if named else "viewer"
        return found if found in ROLES else "viewer"
    return "lead" if st.get_option("server.address") in LOOPBACK else "viewer"


def allowed(needed: Role) -> bool:
    """Whether the role is `needed` or above."""
    return ROLES.index(role()) >= ROLES.index(needed)


def require(needed: Role, action: str) -> None:
    """Raise `AssayError` unless the role is `needed` or above.

    `action` names what was tried, as the error begins: `Importing data`.
    """
    if not allowed(needed):
        raise AssayError(f"{action} requires the {needed} role; your role is {role()}.")


def who() -> str:
    """The e-mail of the signed-in user; empty without a sign-in."""
    signed_in = login_configured() and st.user.is_logged_in
    return str(st.user.get("email", "")).lower() if signed_in else ""


def known() -> bool:
    """Whether the server knows who the user is: signed in, or at this machine."""
    return bool(st.user.is_logged_in) if login_configured() else allowed("lead")


def may_vote() -> bool:
    """Whether the user can vote: every signed-in user, or the user of this machine."""
    return known()


def gate() -> None:
    """Show the sign-in and stop if the server has one and the user is not signed in."""
    if login_configured() and not st.user.is_logged_in:
        st.title("Assay", anchor=False)
        st.write("Sign in to see your team's workspace.")
        if st.button("Sign in", type="primary"):
            st.login()
        st.stop()
