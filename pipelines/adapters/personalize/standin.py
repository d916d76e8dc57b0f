"""The adapter `stand-in`: a local process in place of a vendor."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path
from typing import IO, ClassVar, Literal

from pipelines.adapters import handover
from pipelines.adapters.contract import Adapter, Capabilities, Reply, Task, lists_for
from pipelines.adapters.personalize import limits
from pipelines.adapters.personalize.adapter import problems_of
from pipelines.adapters.personalize.client import Runtime, client_of
from pipelines.adapters.personalize.profile import Profile
from pipelines.errors import AssayError

CAMPAIGN = "arn:aws:personalize:us-east-1:000000000000:campaign/stand-in"
DUMMY_KEYS = {"aws_access_key_id": "stand-in", "aws_secret_access_key": "stand-in"}
TRAINING_MINUTES = 10


class StandIn(Adapter):
    """Demonstrates a third party without an account; it is not Amazon.

    It is trained in its own process on the file that a vendor would get, and called through
    the same client as Amazon Personalize. It is not used for decisions.
    """

    name = "stand-in"
    title = "stand-in (not Amazon)"
    kind: ClassVar[Literal["third-party", "stand-in"]] = "stand-in"
    capabilities: ClassVar[Capabilities] = Capabilities(
        user_topk=True,
        history=False,
        rerank=True,
        batch=False,
        events=False,
        vendor_metrics=False,
    )
    why_no_history = (
        "The stand-in recommends for users in its training data, like Personalize; a made-up "
        "history would first have to be sent to it as events."
    )
    longest_list = limits.LONGEST_LIST

    process_: subprocess.Popen[bytes] | None = None
    runtime_: Runtime | None = None

    def __init__(self, target: str) -> None:
        super().__init__(target)
        if target:
            raise AssayError(f"The stand-in has no target; write stand-in, not stand-in:{target}.")

    def prepare(self, task: Task) -> None:
        """Write the training rows, start the process, wait until it is trained."""
        self.close()
        task.folder.mkdir(parents=True, exist_ok=True)
        rows = task.folder / handover.INTERACTIONS
        handover.write_interactions(task.train, rows)
        log = task.folder / "stand-in.log"
        ready = self._start(rows, log)
        self.meter.fit_seconds = float(ready["train_seconds"])
        # One call at a time: on loopback, parallel calls would only delay each other.
        profile = Profile(
            campaign_arn=CAMPAIGN,
            region="us-east-1",
            endpoint=f"http://127.0.0.1:{int(ready['port'])}",
            workers=1,
            attempts=2,
            first_wait_seconds=0.02,
        )
        client = client_of("personalize-runtime", profile, DUMMY_KEYS)
        self.runtime_ = Runtime(client, profile, self.meter)
        self.remarks = [
            "This is a local stand-in that uses item co-occurrence. It says nothing about Amazon."
        ]

    def recommend(self, task: Task, k: int) -> list[Reply]:
        """Lists of at most min(k, 500) items, including seen items (`Task.lengths`)."""
        runtime = self._runtime()
        replies = lists_for(task, k, runtime.recommend, workers=1)
        self.problems = problems_of(runtime, replies, task)
        return replies

    def rerank(self, user_id: str, items: list[str]) -> Reply:
        """The items (at most 500), reranked for this user."""
        return self._runtime().rerank(user_id, items)

    def close(self) -> None:
        """End the process."""
        self.runtime_ = None
        process, self.process_ = self.process_, None
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()  # tells the process to end
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()  # after the process ended: a thread may still be reading

    def _runtime(self) -> Runtime:
        if self.runtime_ is None:
            raise AssayError("The stand-in is not running: call prepare(task) first.")
        return self.runtime_

    def _start(self, rows: Path, log: Path) -> dict[str, float]:
        module = "pipelines.adapters.personalize.standin_server"
        options = ["--interactions", str(rows), "--campaign", CAMPAIGN]
        with log.open("wb") as errors:
            self.process_ = subprocess.Popen(
                [sys.executable, "-m", module, *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=Path(__file__).resolve().parents[3],
            )
        line = _line_within(self.process_.stdout, TRAINING_MINUTES * 60)
        try:
            ready = json.loads(line)
            return {"port": ready["port"], "train_seconds": ready["train_seconds"]}
        except (ValueError, KeyError, TypeError) as error:
            self.close()
            printed = log.read_text(errors="replace").strip().splitlines() or ["no output"]
            raise AssayError(
                f"The stand-in did not start: {printed[-1]} (full log: {log.name})."
            ) from error


def _line_within(stream: IO[bytes] | None, seconds: float) -> bytes:
    """The first line of a stream; empty if the stream ends or the time limit passes."""
    from threading import Thread

    assert stream is not None
    got: list[bytes] = []
    reader = Thread(target=lambda: got.append(stream.readline()), daemon=True)
    reader.start()
    reader.join(seconds)
    return got[0] if got else b""
