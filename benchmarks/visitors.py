"""People who switch pages at once: how long each waits, and what a switch costs the server.

A real server over the sample's bake-off of four contenders, and as many WebSocket clients as
there are people, each with a session of its own, from one process on the same cores. All ask for
another page at the same moment; the time ends with the script's last message, a browser's drawing
is not in it. `ASSAY_BENCH_HOME` names a workspace to use and to keep.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.serving.server import Server, Visit, serving, visit

CROWDS = (1, 10, 25, 50)
ROUNDS = 7
"""One for each page, as each visitor goes through them from another one on."""
TARGETS = {10: 0.7, 50: 3.0}
"""Seconds at the median."""
WAIT_SECONDS = 300.0


def run(peer: Path) -> None:
    with ExitStack() as stack:
        home = Path(
            os.environ.get("ASSAY_BENCH_HOME")
            or stack.enter_context(tempfile.TemporaryDirectory(prefix="assay-visitors-"))
        )
        prepare(home)
        server = stack.enter_context(serving(home, home / "visitors.log"))
        print(f"{'people':>6} {'median s':>9} {'worst s':>8} {'server ms a switch':>19}")
        for size in CROWDS:
            spent, cost, by_page = measure(server, size)
            target = f"  (goal {TARGETS[size]} s)" if size in TARGETS else ""
            median = statistics.median(spent)
            print(f"{size:6} {median:9.2f} {max(spent):8.2f} {1000 * cost:19.0f}{target}")
            if size == CROWDS[0]:
                for page, seconds in sorted(by_page.items()):
                    wait = 1000 * statistics.median(seconds)
                    print(f"{'':6} {page or 'overview':9} {wait:5.0f} ms")


def prepare(home: Path) -> None:
    """The sample and its bake-off in `home`, where they are not there yet."""
    from pipelines.evaluation.bakeoff.request import BakeoffRequest
    from pipelines.workspace import Workspace, bakeoffs

    home.mkdir(parents=True, exist_ok=True)
    workspace = Workspace.open(home)
    workspace.register_samples()
    if not workspace.bakeoffs("movielens-small"):
        asked = {"dataset": "movielens-small", "specs": ["als", "ease-recent"], "refits": 1}
        bakeoffs.run(workspace, BakeoffRequest.of(asked), tracked=False)


def measure(server: Server, size: int) -> tuple[list[float], float, dict[str, list[float]]]:
    """Each switch's seconds, the server's seconds of processor time for one, and both by page."""
    with crowd(server, size) as visitors:
        pages = pages_of(visitors[0])
        names = list(pages)
        spent: list[float] = []
        by_page: dict[str, list[float]] = defaultdict(list)
        everyone = threading.Barrier(size)

        def go(number: int, page: str) -> None:
            everyone.wait()
            began = time.perf_counter()
            switch(visitors[number], pages[page])
            took = time.perf_counter() - began
            spent.append(took)
            by_page[page].append(took)

        began = 0.0
        for turn in range(-1, ROUNDS):
            if turn == 0:  # the first one fills the caches
                spent.clear()
                by_page.clear()
                began = processor_seconds(server)
            with ThreadPoolExecutor(size) as threads:
                chosen = [names[(number + turn) % len(names)] for number in range(size)]
                list(threads.map(go, range(size), chosen))
        cost = (processor_seconds(server) - began) / len(spent)
    return spent, cost, by_page


@contextmanager
def crowd(server: Server, size: int) -> Iterator[Sequence[Visit]]:
    """Tabs of so many people, each drawn once."""
    with ExitStack() as stack:
        yield [stack.enter_context(visit(server)) for _ in range(size)]


def pages_of(one: Visit) -> dict[str, str]:
    """What the server calls its pages, by their address."""
    one.line.send(BackMsg(rerun_script={"query_string": ""}).SerializeToString())
    found: dict[str, str] = {}
    for message in answers(one):
        if message.WhichOneof("type") == "navigation":
            listed = message.navigation.app_pages
            found = {page.url_pathname: page.page_script_hash for page in listed}
    return {name: page for name, page in found.items() if name != "overview"}  # it redirects


def switch(one: Visit, page: str) -> None:
    """Ask for a page, and read until the script has ended."""
    asked = BackMsg(rerun_script={"query_string": "", "page_script_hash": page})
    one.line.send(asked.SerializeToString())
    for _ in answers(one):
        pass


def answers(one: Visit) -> Iterator[ForwardMsg]:
    """The messages of one run of the script."""
    while True:
        message = ForwardMsg()
        message.ParseFromString(bytes(one.line.recv(timeout=WAIT_SECONDS)))
        yield message
        if message.WhichOneof("type") == "script_finished":
            return


def processor_seconds(server: Server) -> float:
    """What the server's process has used of the processors, user and system."""
    told = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
