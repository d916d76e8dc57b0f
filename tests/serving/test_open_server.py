"""A server without a sign-in: its user is a lead, but not through a proxy, nor as another host."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus

from tests.serving.server import Server, serving, visit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("open")
    options = ("--secrets.files", str(folder / "none.toml"))
    with serving(folder / "home", folder / "log", *options) as started:
        yield started


def test_the_user_of_this_machine_may_work(server: Server) -> None:
    with visit(server) as tab:
        assert "Add sample datasets" in tab.buttons and "Read-only" not in tab.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via"])
def test_who_comes_through_a_proxy_may_only_read(server: Server, header: str) -> None:
    with visit(server, headers={header: "192.0.2.7"}) as tab:
        assert "Add sample datasets" not in tab.buttons
        assert "Read-only: a proxy passes your requests on" in tab.text.replace("\\", "")


def test_another_host_is_refused(server: Server) -> None:
    """A page of evil.example whose name now leads to this machine (DNS rebinding)."""
    with pytest.raises(InvalidStatus) as refused, visit(server, host="evil.example"):
        pytest.fail("served as evil.example")
    assert refused.value.response.status_code == 403
    with visit(server, host="localhost") as tab:
        assert "Read-only" not in tab.text
