"""The server's sign-in as its secrets say it now, and whether it can be relied on.

Streamlit takes secrets that it cannot read for no secrets at all. Here such a server lets nobody
in: so does one that had a sign-in before and has none now, until somebody says that it is meant.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import streamlit as st

from pipelines.runtime import paths

AUTH, ROLES = "auth", "roles"
NEEDED = ("redirect_uri", "cookie_secret")
"""What Streamlit's `[auth]` needs besides a provider."""
REQUIRED = "sign-in.required"
"""A file in the workspace: a server on it had a sign-in. Somebody who wants none deletes it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SignIn:
    """Whether users sign in, with what, and why nobody can where something is wrong."""

    configured: bool = False
    providers: tuple[str, ...] = ()
    """Names of the providers; an empty name is the one that `[auth]` itself describes."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Roles by e-mail address in lower case."""
    problem: str = ""
    """For the administrator; while there is one, the server lets nobody in."""


def found() -> SignIn:
    """The sign-in now."""
    had = paths.home() / REQUIRED
    now = _read(tuple(st.get_option("secrets.files") or ()))
    if now.configured and not now.problem:
        _remember(had)
    elif not now.problem and _was_required(had):
        now = SignIn(
            problem="this server had a sign-in, and its secrets have none now. Put [auth] back; "
            f"or, to run without a sign-in, delete {had} and start the server again"
        )
    if now.problem:
        _tell(now.problem)
    return now


_required: set[Path] = set()
"""Workspaces whose server had a sign-in since it started, also where it cannot write."""


def _remember(had: Path) -> None:
    if had in _required:
        return
    _required.add(had)
    try:
        had.parent.mkdir(parents=True, exist_ok=True)
        had.write_text("This workspace's server has a sign-in; see docs/sharing.md.\n")
    except OSError as error:
        log.warning("%s cannot be written: %s", had, error)


def _was_required(had: Path) -> bool:
    return had in _required or had.exists()


@lru_cache(maxsize=16)
def _tell(problem: str) -> None:
    """Write a problem to the server's log, once: a visitor is not told where its files are."""
    log.error("Nobody can use this server: %s.", problem)


def _read(files: tuple[str, ...]) -> SignIn:
    secrets: dict[str, Any] = {}
    for name in files:
        path = Path(name)
        try:
            if path.suffix == ".toml":
                secrets |= _parsed(name, path.stat().st_mtime_ns)
            elif path.exists():  # a folder of secrets, as Kubernetes mounts it
                secrets |= st.secrets.to_dict()
        except FileNotFoundError:
            continue
        except Exception as error:  # whatever is wrong with it: it may hold the sign-in
            return SignIn(problem=f"its secrets in {path} cannot be read ({error})")
    return _understood(secrets)


@lru_cache(maxsize=16)
def _parsed(name: str, _modified: int) -> dict[str, Any]:
    return tomllib.loads(Path(name).read_text(encoding="utf-8"))


def _understood(secrets: Mapping[str, Any]) -> SignIn:
    for right in (AUTH, ROLES):
        for key in secrets:
            if str(key).strip().casefold() == right and key != right:
                return SignIn(problem=f"its secrets name [{key}]; write [{right}]")
    if AUTH not in secrets:
        return SignIn()
    auth, roles = secrets[AUTH], secrets.get(ROLES, {})
    if not isinstance(auth, Mapping):
        return SignIn(problem="its secrets have an [auth] that is no table")
    missing = [name for name in NEEDED if not auth.get(name)]
    if missing:
        return SignIn(problem=f"[auth] in its secrets lacks {' and '.join(missing)}")
    own = ("",) if auth.get("client_id") else ()
    others = (k for k, v in auth.items() if isinstance(v, Mapping) and v.get("client_id"))
    providers = (*own, *others)
    if not providers:
        return SignIn(problem="[auth] in its secrets names no provider with a client_id")
    if find_spec("authlib") is None:
        return SignIn(problem="Authlib is not installed; run `pip install 'assay[auth]'`")
    if not isinstance(roles, Mapping):
        return SignIn(problem="its secrets have a [roles] that is no table")
    by_address = {str(who).strip().lower(): str(role).strip() for who, role in roles.items()}
    return SignIn(configured=True, providers=providers, roles=by_address)
