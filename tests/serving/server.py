"""The app as a real server, and a browser's part of the talk with it: requests and a WebSocket."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from pipelines.runtime import paths
from tests.waiting import wait_for_app

ANSWER_SECONDS = 60.0


class Server:
    """The app on 127.0.0.1, started with Streamlit's options."""

    def __init__(self, home: Path, log: Path, *options: str, **environment: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.log = log
        script = str(paths.CHECKOUT / "streamlit_app.py")
        command = ["streamlit", "run", script, "--server.port", str(self.port), *options]
        kept = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command],
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=paths.CHECKOUT,
                env=kept | {"ASSAY_HOME": str(home)} | environment,
            )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self) -> Server:
        """Wait until it answers."""
        wait_for_app(self.process, self.address, self.log)
        return self

    def end(self) -> None:
        self.process.kill()
        self.process.wait(30)


@contextmanager
def serving(home: Path, log: Path, *options: str, **environment: str) -> Iterator[Server]:
    """A server until the end of the block."""
    server = Server(home, log, *options, **environment)
    try:
        yield server.wait()
    finally:
        server.end()


class Visit:
    """A browser's tab: what the script sends, and clicks."""

    def __init__(self, line: ClientConnection) -> None:
        self.line = line
        self.texts: list[str] = []
        self.buttons: dict[str, str] = {}
        self.redirect = ""
        self.session = ""

    def draw(self, clicked: str = "") -> Visit:
        """Run the script, with a click on the button of that label, and read its answer."""
        wanted = BackMsg()
        wanted.rerun_script.query_string = ""
        if clicked:
            state = wanted.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = self.buttons[clicked], True
        self.texts, self.buttons, self.redirect = [], {}, ""
        self.line.send(wanted.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(bytes(self.line.recv(timeout=ANSWER_SECONDS)))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id
            elif kind == "auth_redirect":
                self.redirect = message.auth_redirect.url
            elif kind == "delta":
                self._element(message.delta.new_element)
            elif kind == "script_finished":
                return self

    def upload(self, server: Server, data: bytes, cookies: httpx.Cookies | None = None) -> int:
        """Send a file as the page's uploader does; the answer's status."""
        with httpx.Client(base_url=server.address, cookies=cookies) as client:
            if cookies is None:
                client.get("/_stcore/health")
            answer = client.put(
                f"/_stcore/upload_file/{self.session}/{uuid.uuid4()}",
                files={"file": ("events.csv", data)},
                headers={"X-Xsrftoken": client.cookies.get("_streamlit_xsrf", "")},
            )
        return answer.status_code

    @property
    def text(self) -> str:
        """All that is written on the page."""
        return "\n".join(self.texts)

    def _element(self, element: object) -> None:
        for kind in ("markdown", "heading", "alert", "exception", "text"):
            shown = getattr(element, kind, None)
            for name in ("body", "message"):
                value = getattr(shown, name, "")
                if value:
                    self.texts.append(str(value))
        button = element.button  # type: ignore[attr-defined]
        if button.id:
            self.buttons[button.label] = button.id


@contextmanager
def visit(
    server: Server,
    *,
    cookies: httpx.Cookies | None = None,
    headers: dict[str, str] | None = None,
    host: str = "127.0.0.1",
) -> Iterator[Visit]:
    """A tab on the first page, drawn once; `host` is the name that the browser asks for."""
    sent, token = dict(headers or {}), "PLACEHOLDER_AUTH_TOKEN"
    if cookies:
        kept = {cookie.name: str(cookie.value) for cookie in cookies.jar}
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in kept.items())
        token = kept["_streamlit_xsrf"]  # as Streamlit's page sends it
    with connect(
        f"ws://{host}:{server.port}/_stcore/stream",
        sock=socket.create_connection(("127.0.0.1", server.port)),
        origin=f"http://{host}:{server.port}",  # type: ignore[arg-type]
        subprotocols=["streamlit", token],  # type: ignore[list-item]
        additional_headers=sent,
        max_size=None,
        ping_interval=None,  # a busy machine answers late, not never
    ) as line:
        yield Visit(line).draw()
