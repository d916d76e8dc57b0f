"""A server with a sign-in: eight identities, and nobody gets in where the sign-in is broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import access, sign_in
from tests.serving.oidc import CLIENT, Provider, running
from tests.serving.server import Server, serving, visit
from tests.waiting import wait_for

pytest.importorskip("authlib", reason="the extra `auth` is not installed")
pytestmark = pytest.mark.slow

ROLES = """
[roles]
"Ann@Example.com" = "lead"
"ben@example.com" = "analyst"
"eve@example.com" = "lead"
"fin@example.com" = "lead"
"gus@example.com" = "nobody"
"hal@example.com" = "owner"
"""
REFUSED = "You cannot use this workspace"
SHUT = "Nobody can use this server"


class Shared:
    """A server with a sign-in, and its secrets' file."""

    def __init__(self, server: Server, provider: Provider, secrets: Path) -> None:
        self.server, self.provider, self.secrets = server, provider, secrets
        self.whole = secrets.read_text()

    def signed_in(self, **claims: Any) -> httpx.Cookies:
        """The cookies of a browser after the sign-in of somebody with these claims."""
        self.provider.claims = claims
        with visit(self.server) as tab:
            tab.draw(clicked="Sign in")
        with httpx.Client(base_url=self.server.address, follow_redirects=True) as client:
            client.get("/_stcore/health")
            assert client.get(tab.redirect).status_code == 200
            assert any(cookie.name.startswith("_streamlit_user") for cookie in client.cookies.jar)
            return client.cookies

    def page(self, cookies: httpx.Cookies | None = None) -> str:
        """What the first page says."""
        with visit(self.server, cookies=cookies) as tab:
            return tab.text


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    folder = tmp_path_factory.mktemp("shared")
    secrets = folder / "secrets.toml"
    with running() as provider:
        server = Server(folder / "home", folder / "log", "--secrets.files", str(secrets))
        secrets.write_text(
            f"""[auth]
redirect_uri = "{server.address}/oauth2callback"
cookie_secret = "a secret of the tests, long enough"
client_id = "{CLIENT}"
client_secret = "secret"
server_metadata_url = "{provider.address}/.well-known/openid-configuration"
{ROLES}"""
        )
        try:
            yield Shared(server.wait(), provider, secrets)
        finally:
            server.end()


@pytest.fixture
def whole(shared: Shared) -> Iterator[Shared]:
    """The same; its secrets are whole again afterwards."""
    yield shared
    shared.secrets.write_text(shared.whole)


def test_who_is_not_signed_in_sees_nothing(shared: Shared) -> None:
    assert "Sign in to see your team's workspace." in shared.page()
    assert "data" not in shared.page().lower()


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"email": "ann@example.com", "email_verified": True}, "ann@example.com, lead"),
        ({"email": "BEN@Example.com", "email_verified": True}, "ben@example.com, analyst"),
        ({"email": "dee@example.com"}, "dee@example.com, viewer"),
        ({"email": "eve@example.com", "email_verified": False}, REFUSED),
        ({"email": "fin@example.com", "email_verified": "false"}, REFUSED),
        ({"name": "without an address"}, ", viewer"),
        ({"email": "gus@example.com"}, REFUSED),
        ({"email": "hal@example.com"}, "hal@example.com, viewer"),
    ],
    ids=["lead", "any-case", "no-role", "unverified", "text", "no-address", "nobody", "unknown"],
)
def test_an_identity_has_the_role_of_its_address(
    shared: Shared, claims: dict[str, Any], told: str
) -> None:
    shown = shared.page(shared.signed_in(**claims)).replace("\\", "")
    assert told in shown
    assert (told == REFUSED) == (
        "Overview" not in shown and "Add" not in shown and REFUSED in shown
    )


def test_only_who_may_import_fills_the_servers_memory(shared: Shared) -> None:
    with visit(shared.server) as tab:
        assert tab.upload(shared.server, b"user_id,item_id") == 403
    for address, status in (("dee@example.com", 403), ("ben@example.com", 204)):
        cookies = shared.signed_in(email=address)
        with visit(shared.server, cookies=cookies) as tab:
            assert tab.upload(shared.server, b"user_id,item_id", cookies) == status


@pytest.mark.parametrize("how", ["no TOML", "removed", "[Auth]", "no [auth]", "half"])
def test_a_sign_in_that_breaks_lets_nobody_in(whole: Shared, how: str) -> None:
    lead = whole.signed_in(email="ann@example.com")
    assert "ann@example.com, lead" in whole.page(lead).replace("\\", "")
    if how == "removed":
        whole.secrets.unlink()
    else:
        changed = {
            "no TOML": f"{whole.whole}\nann@example.com = lead\n",
            "[Auth]": whole.whole.replace("[auth]", "[Auth]"),
            "no [auth]": ROLES,
            "half": whole.whole.replace("redirect_uri", "redirect"),
        }
        whole.secrets.write_text(changed[how])
    for cookies in (None, lead):
        shown = whole.page(cookies)
        assert SHUT in shown and str(whole.secrets) not in shown
    whole.secrets.write_text(whole.whole)
    # Streamlit reads changed secrets a moment later; until then nobody is signed in.
    wait_for(lambda: "ann@example.com, lead" in whole.page(lead).replace("\\", ""))


def test_who_is_not_known_to_be_signed_in_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "found", lambda: sign_in.SignIn(configured=True))
    monkeypatch.setattr(access.st, "user", {})  # as before Streamlit has read changed secrets
    assert access.role() == "nobody" and access.who() == ""


def test_a_server_that_had_a_sign_in_needs_one_after_a_restart(
    shared: Shared, tmp_path: Path
) -> None:
    home = shared.secrets.parent / "home"
    with serving(home, tmp_path / "log", "--secrets.files", str(tmp_path / "none.toml")) as server:
        with visit(server) as tab:
            assert SHUT in tab.text
        assert f"delete {home / 'sign-in.required'}" in (tmp_path / "log").read_text()
        (home / "sign-in.required").rename(tmp_path / "kept")
        try:
            with visit(server) as tab:
                assert SHUT not in tab.text
        finally:
            (tmp_path / "kept").rename(home / "sign-in.required")
