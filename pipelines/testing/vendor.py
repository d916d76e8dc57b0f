"""A vendor on this machine: an HTTP server whose answers a test writes itself.

with Vendor(lambda received: Answer({"items": ["a", "b"]})) as server:
    ...  # send requests to server.address; server.asked lists those that arrived
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Self


@dataclass(frozen=True)
class Received:
    """A request that reached the vendor."""

    number: int
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass(frozen=True)
class Answer:
    """What the vendor sends back; with `status` 0 it closes the connection without an answer.

    A `body` that is no bytes is sent as JSON; `kind` is Amazon's header of an error's type.
    """

    body: bytes | dict[str, Any]
    status: int = 200
    kind: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Vendor:
    """An HTTP server on a free port of 127.0.0.1; `respond` makes the answer to each request."""

    def __init__(self, respond: Callable[[Received], Answer]) -> None:
        self.respond = respond
        self.asked: list[Received] = []
        self.released = Event()
        """Set at the end; a `respond` that keeps a client waiting waits for it."""
        self._lock = Lock()
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with vendor._lock:
                    number = len(vendor.asked)
                    headers = {key.lower(): value for key, value in self.headers.items()}
                    asked = Received(number, self.command, self.path, headers, body)
                    vendor.asked.append(asked)
                reply = vendor.respond(asked)
                if reply.status == 0:
                    self.close_connection = True
                    return
                raw = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body)
                raw = raw if isinstance(raw, bytes) else raw.encode()
                self.send_response(reply.status)
                self.send_header("Content-Length", str(len(raw)))
                if reply.kind:
                    self.send_header("x-amzn-ErrorType", reply.kind)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_PUT = do_POST = do_HEAD = answer

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Clients that close their connection are part of the tests: print nothing."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
