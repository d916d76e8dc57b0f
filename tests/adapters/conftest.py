"""A small world, and a vendor on loopback whose answers a test writes itself."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines.adapters.contract import Task
from pipelines.adapters.handover import training_frame
from pipelines.data.dataset import About, Dataset
from pipelines.data.split import Split, split
from pipelines.schema import Catalogue, Interactions, Vocabulary

ARN = "arn:aws:personalize:eu-west-1:123456789012:campaign/test"


def world(n_users: int = 30, n_items: int = 24, seed: int = 0) -> Dataset:
    """Two tastes, each with half of the items; every user takes up some of one half."""
    random = np.random.default_rng(seed)
    user, item, time = [], [], []
    for u in range(n_users):
        half = np.arange(n_items // 2) + (n_items // 2) * (u % 2)
        for place, i in enumerate(random.choice(half, size=8, replace=False)):
            user.append(u)
            item.append(i)
            time.append(1_470_000_000 + 86_400 * place + u)
    items = Vocabulary(np.array([f"i{n:03d}" for n in range(n_items)], dtype=object))
    users = Vocabulary(np.array([f"u{n:03d}" for n in range(n_users)], dtype=object))
    events = Interactions.build(user, item, None, time, n_users=n_users, n_items=n_items)
    frame = pd.DataFrame({"item_id": items.ids})
    catalogue = Catalogue(items, frame, np.ones(n_items, bool))
    about = About(name="world", fingerprint="0" * 64)
    return Dataset(about, events, catalogue, users, pd.DataFrame({"user_id": users.ids}))


def task_of(dataset: Dataset, cut: Split, folder: Path, k: int = 5) -> Task:
    """What a bake-off asks a third party."""
    queries, items = cut.queries, dataset.catalogue.items
    folder.mkdir(parents=True, exist_ok=True)
    return Task(
        dataset=dataset.name,
        folder=folder,
        train=training_frame(dataset, cut),
        users=dataset.users.decode(queries.user).tolist(),
        histories=[items.decode(queries.history.row(r)).tolist() for r in range(len(queries))],
        cutoff=cut.cutoff,
        now=queries.now.tolist(),
        k=k,
        seen="exclude",
        item_ids=items.ids[cut.known].tolist(),
    )


@pytest.fixture
def dataset() -> Dataset:
    return world()


@pytest.fixture
def cut(dataset: Dataset) -> Split:
    return split(dataset.interactions, "time:0.7")


@pytest.fixture
def task(dataset: Dataset, cut: Split, tmp_path: Path) -> Task:
    return task_of(dataset, cut, tmp_path / "contender")


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
    """What the vendor sends back; `status` 0 closes the connection without a word."""

    body: bytes | dict[str, Any]
    status: int = 200
    kind: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Vendor:
    """An HTTP server on a free port; `respond` decides each answer."""

    def __init__(self, respond: Callable[[Received], Answer]) -> None:
        self.respond = respond
        self.asked: list[Received] = []
        self.released = Event()
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
                """A client that went away is part of these tests."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def vendor() -> Iterator[Callable[[Callable[[Received], Answer]], Vendor]]:
    """Starts vendors; they end with the test."""
    started: list[Vendor] = []

    def start(respond: Callable[[Received], Answer]) -> Vendor:
        started.append(Vendor(respond))
        return started[-1]

    yield start
    for one in started:
        one.close()
