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
    with serving(folder / "home", folder / "log", *options, ASSAY_UPLOADS_MB="1") as started:
        yield started


def test_the_user_of_this_machine_may_work(server: Server) -> None:
    with visit(server) as tab:
        assert "Run it here" in tab.buttons and "Read-only" not in tab.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via"])
def test_who_comes_through_a_proxy_may_only_read(server: Server, header: str) -> None:
    with visit(server, headers={header: "192.0.2.7"}) as tab:
        assert "Run it here" not in tab.buttons
        assert "Read-only: a proxy passes your requests on" in tab.text.replace("\\", "")


def test_another_host_is_refused(server: Server) -> None:
    """A page of evil.example whose name now leads to this machine (DNS rebinding)."""
    with pytest.raises(InvalidStatus) as refused, visit(server, host="evil.example"):
        pytest.fail("served as evil.example")
    assert refused.value.response.status_code == 403
    with visit(server, host="localhost") as tab:
        assert "Read-only" not in tab.text


def test_uploads_have_a_limit_in_all(server: Server) -> None:
    with visit(server) as tab:
        sent = [tab.upload(server, b"x" * 400_000) for _ in range(3)]
    assert sent == [204, 204, 413]
    with visit(server, headers={"Forwarded": "for=192.0.2.7"}) as tab:
        assert tab.upload(server, b"x") == 403
