"""Who the user is and what they may do.

A viewer reads. An analyst can also import data and run jobs. A lead can also delete data and
save decisions. Every signed-in user can vote in the taste test. With a sign-in (`[auth]` in
Streamlit's secrets), the table `[roles]` there maps each e-mail address to a role; users without
a role are viewers, and `nobody` shuts a user out. Without a sign-in, everyone who reaches a server
that listens on this machine only is a lead, except through a proxy. On a read-only server nobody is
more than a viewer. Hiding a widget is not access
control: the functions that do the work call `require`.
"""

from __future__ import annotations

import os
from typing import Literal, get_args

import streamlit as st

from app import sign_in
from pipelines.errors import AssayError

Role = Literal["nobody", "viewer", "analyst", "lead"]
ROLES: tuple[Role, ...] = get_args(Role)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
BEHIND_PROXY = "ASSAY_LEAD_BEHIND_PROXY"
"""Set to 1: who comes through a proxy is a lead without a sign-in too."""
READ_ONLY = "ASSAY_READ_ONLY"
"""Set to 1 (`assay run --read-only`): the server shows the workspace and changes nothing in it."""
_PROXY_HEADERS = ("forwarded", "via", "x-real-ip")


def login_configured() -> bool:
    """Whether this server has a sign-in (OIDC, Streamlit's `st.login`)."""
    return sign_in.found().configured


def read_only() -> bool:
    """Whether this server only shows the workspace, whoever the user is."""
    return os.environ.get(READ_ONLY) == "1"


def role() -> Role:
    """The role of the current user on this server."""
    own = _own_role()
    return "viewer" if read_only() and own != "nobody" else own


def _own_role() -> Role:
    """The user's role where the server is not read-only."""
    now = sign_in.found()
    if now.problem:
        return "nobody"
    if now.configured:
        if not _signed_in():
            return "nobody"
        named = now.roles.get(_address(), "viewer")
        known = named if named in ROLES else "viewer"
        return known if _verified() else "nobody"
    if st.get_option("server.address") not in LOOPBACK:
        return "viewer"
    return "viewer" if proxied() and os.environ.get(BEHIND_PROXY) != "1" else "lead"


def _signed_in() -> bool:
    """Whether Streamlit says so; it says nothing at all until it has read changed secrets."""
    return bool(st.user.get("is_logged_in", False))


def allowed(needed: Role) -> bool:
    """Whether the role is `needed` or above."""
    return _reaches(role(), needed)


def _reaches(role: Role, needed: Role) -> bool:
    return ROLES.index(role) >= ROLES.index(needed)


def require(needed: Role, action: str) -> None:
    """Raise `AssayError` unless the role is `needed` or above.

    `action` names what was tried, as the error begins: `Importing data`.
    """
    if not allowed(needed) and read_only():
        raise AssayError(f"{action} is not possible here: this server is read-only.")
    if not allowed(needed):
        raise AssayError(f"{action} requires the {needed} role; your role is {role()}.")


def who() -> str:
    """The e-mail address of the signed-in user; empty without a sign-in."""
    return _address() if login_configured() and _signed_in() else ""


def known() -> bool:
    """Whether the server knows who the user is: signed in, or at this machine."""
    return _reaches(_own_role(), "viewer" if login_configured() else "lead")


def may_vote() -> bool:
    """Whether the user can vote: every signed-in user, or the user of this machine."""
    return known()


def proxied() -> bool:
    """Whether a proxy passed this session's request on: its user may be anywhere."""
    names = (name.lower() for name in st.context.headers)
    return any(name.startswith("x-forwarded-") or name in _PROXY_HEADERS for name in names)


def read_only_reason() -> str:
    """Why this session can change nothing: of the server, or for want of a sign-in."""
    if read_only():
        return "Read-only: this server shows the workspace and changes nothing in it."
    if st.get_option("server.address") not in LOOPBACK:
        return "Read-only: other machines can reach this server, and it has no sign-in."
    return (
        "Read-only: a proxy passes your requests on, and this server has no sign-in. If only you "
        f"can reach the proxy, start the server with {BEHIND_PROXY}=1."
    )


def gate() -> None:
    """Stop unless the user may be here: show the sign-in, or say that nobody can enter."""
    now = sign_in.found()
    if now.problem:
        st.title("Nobody can use this server at the moment.", anchor=False)
        st.error(
            "Its sign-in cannot be relied on, so it lets nobody in. Its log has the reason, for "
            "the person who runs it.",
            icon=":material/lock:",
        )
        st.stop()
    if not now.configured:
        return
    if not _signed_in():
        st.title("Assay", anchor=False)
        st.write("Sign in to see your team's workspace.")
        for name in now.providers:
            label = f"Sign in with {name}" if name and len(now.providers) > 1 else "Sign in"
            if st.button(label, type="primary", key=f"sign_in_{name}"):
                st.login(name or None)
        st.stop()
    if not allowed("viewer"):
        st.title("You cannot use this workspace.", anchor=False)
        st.write(
            "Ask the person who runs this server to let you in."
            if _verified()
            else "Your identity provider has not verified your e-mail address. Verify it there, "
            "then sign in again."
        )
        if st.button("Sign out"):
            st.logout()
        st.stop()


def _address() -> str:
    return str(st.user.get("email") or "").strip().lower()


def _verified() -> bool:
    """False where the provider says that it did not check the address; not all of them tell."""
    return str(st.user.get("email_verified", True)).lower() != "false"
