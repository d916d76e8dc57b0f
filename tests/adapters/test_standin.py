"""The stand-in: a process of its own, asked through the official client."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import httpx
import numpy as np
import pytest
from botocore.exceptions import ClientError, ParamValidationError

from pipelines.adapters.calls.meter import Meter
from pipelines.adapters.contract import Task
from pipelines.adapters.personalize import standin
from pipelines.adapters.personalize.standin import CAMPAIGN, StandIn
from pipelines.data.dataset import Dataset
from pipelines.data.split import split
from pipelines.errors import AssayError
from pipelines.registry import lookup
from pipelines.testing import AdapterTests
from pipelines.testing.adapter_data import task_of, world


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, Task]]:
    dataset = world()
    task = task_of(dataset, split(dataset.interactions, "time:0.7"), tmp_path_factory.mktemp("s"))
    adapter = StandIn("")
    adapter.prepare(task)
    yield adapter, task
    adapter.close()


class TestConformance(AdapterTests):
    @pytest.fixture
    def fresh(self) -> Iterator[StandIn]:
        adapter = StandIn("")
        yield adapter
        adapter.close()

    @pytest.fixture
    def ready(self, running: tuple[StandIn, Task]) -> StandIn:
        """The module's process, which was trained on the same world, with a new meter."""
        adapter = running[0]
        assert adapter.runtime_ is not None
        seconds = adapter.meter.fit_seconds
        adapter.meter = adapter.runtime_.meter = Meter()
        adapter.meter.fit_seconds = seconds
        return adapter


def address(adapter: StandIn) -> str:
    assert adapter.runtime_ is not None
    return str(adapter.runtime_.profile.endpoint)


@pytest.fixture
def official(running: tuple[StandIn, Task]) -> Any:
    """A plain boto3 client, as anybody would make it."""
    return boto3.client(
        "personalize-runtime",
        region_name="us-east-1",
        endpoint_url=address(running[0]),
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )


def test_it_never_passes_for_amazon() -> None:
    assert lookup("adapters", "stand-in") is StandIn
    assert StandIn.kind == "stand-in"
    assert StandIn.title == "stand-in (not Amazon)"
    with pytest.raises(AssayError, match="has no target"):
        StandIn("mine")


def test_it_learned_who_likes_what(running: tuple[StandIn, Task]) -> None:
    adapter, task = running
    halves = {item: task.item_ids.index(item) < 12 for item in task.item_ids}
    for reply, history in zip(adapter.recommend(task, 8), task.histories, strict=True):
        own = halves[history[0]]
        assert all(halves[item] == own for item in reply.items)
    assert adapter.fit_seconds is not None
    assert adapter.fit_seconds > 0


def test_the_official_client_is_served(official: Any, running: tuple[StandIn, Task]) -> None:
    _, task = running
    answer = official.get_recommendations(campaignArn=CAMPAIGN, userId=task.users[0])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert answer["recommendationId"]
    assert len(answer["itemList"]) == min(25, len(task.item_ids))
    scores = [entry["score"] for entry in answer["itemList"]]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 1 + 1e-9
    ranked = official.get_personalized_ranking(
        campaignArn=CAMPAIGN, userId=task.users[0], inputList=["never seen", *task.item_ids[:4]]
    )["personalizedRanking"]
    assert ranked[-1] == {"itemId": "never seen"}
    assert {entry["itemId"] for entry in ranked[:-1]} == set(task.item_ids[:4])


def test_an_unknown_user_gets_what_is_taken_up_most(
    official: Any, running: tuple[StandIn, Task]
) -> None:
    _, task = running
    answer = official.get_recommendations(campaignArn=CAMPAIGN, userId="nobody", numResults=5)
    distinct = task.train.drop_duplicates(["user_id", "item_id"])
    counts = distinct["item_id"].value_counts()
    got = [int(counts[entry["itemId"]]) for entry in answer["itemList"]]
    assert got == sorted(counts.tolist(), reverse=True)[:5]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"campaignArn": CAMPAIGN, "numResults": 501}, "InvalidInputException"),
        ({"campaignArn": "campaign"}, "InvalidInputException"),
        ({"campaignArn": CAMPAIGN + "x"}, "ResourceNotFoundException"),
        ({"campaignArn": CAMPAIGN, "filterArn": CAMPAIGN}, "InvalidInputException"),
    ],
)
def test_it_refuses_as_the_service_does(params: dict[str, Any], code: str, official: Any) -> None:
    with pytest.raises(ClientError) as refused:
        official.get_recommendations(userId="u000", **params)
    assert refused.value.response["Error"]["Code"] == code
    assert isinstance(refused.value, getattr(official.exceptions, code))


def test_boto3_itself_refuses_wrong_types(official: Any) -> None:
    with pytest.raises(ParamValidationError):
        official.get_recommendations(campaignArn=CAMPAIGN, userId=7)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/recommendations", b"{broken", 400),
        ("/recommendations", b"[]", 400),
        ("/recommendations", b'{"campaignArn": 7}', 400),
        ("/recommendations", b'{"unknown": 7}', 400),
        ("/recommendations", b'{"numResults": -1}', 400),
        ("/personalize-ranking", b'{"userId": "u"}', 400),
        ("/elsewhere", b"{}", 404),
    ],
)
def test_requests_are_held_against_the_service_model(
    path: str, body: bytes, status: int, running: tuple[StandIn, Task]
) -> None:
    answer = httpx.post(address(running[0]) + path, content=body, trust_env=False)
    assert answer.status_code == status
    assert answer.headers["x-amzn-errortype"]
    assert answer.json()["message"]


def test_its_code_is_its_own() -> None:
    """It imports no computation of ours, so it cannot share a mistake with its competitors."""
    code = (
        "import sys, pipelines.adapters.personalize.standin_server\n"
        "print(sorted(m for m in sys.modules if m.startswith(('pipelines', 'app'))))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = ["pipelines", "pipelines.adapters", "pipelines.adapters.personalize"]
    ours += ["pipelines.adapters.personalize.standin_server", "pipelines.lazy"]
    assert out.stdout.strip() == str(ours)


def test_killed_halfway_the_rest_are_replies_with_errors(dataset: Dataset, tmp_path: Path) -> None:
    task = task_of(dataset, split(dataset.interactions, "time:0.7"), tmp_path / "s")
    adapter = StandIn("")
    adapter.prepare(task)
    assert adapter.runtime_ is not None
    assert adapter.process_ is not None
    whole, asked = adapter.runtime_.recommend, []

    def recommend(user: str, k: int) -> Any:
        if len(asked) == 4:
            os.kill(adapter.process_.pid, signal.SIGKILL)  # type: ignore[union-attr]
            adapter.process_.wait(10)  # type: ignore[union-attr]
        asked.append(user)
        return whole(user, k)

    adapter.runtime_.recommend = recommend  # type: ignore[method-assign]
    replies = adapter.recommend(task, 5)
    adapter.close()
    assert [reply.user_id for reply in replies] == task.users
    assert [reply.error for reply in replies[:4]] == [None] * 4
    assert all("no connection" in str(reply.error) for reply in replies[4:])
    assert adapter.meter.errors["no connection"] > 0


def ended(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
def test_it_ends_with_the_process_that_started_it(
    task: Task, tmp_path: Path, wait_until: Callable[..., Any]
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("USER_ID,ITEM_ID,EVENT_VALUE,TIMESTAMP\na,x,1,1\nb,x,1,2\n")
    code = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from pipelines.adapters.personalize.standin import StandIn\n"
        "adapter = StandIn('')\n"
        "adapter._start(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "print(adapter.process_.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", code, str(rows), str(tmp_path / "log")]
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    assert out.returncode == -signal.SIGKILL, out.stderr
    wait_until(lambda: ended(int(out.stdout)), seconds=20)


def test_closing_ends_the_process(task: Task) -> None:
    adapter = StandIn("")
    adapter.prepare(task)
    process = adapter.process_
    assert process is not None
    adapter.close()
    assert process.poll() == 0


def test_a_start_that_fails_says_why(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(train: Any, path: Path) -> None:
        path.write_text("USER,ITEM\na,b\n")

    monkeypatch.setattr(standin.handover, "write_interactions", nothing)
    adapter = StandIn("")
    with pytest.raises(AssayError, match="did not start: ValueError"):
        adapter.prepare(task)
    assert adapter.process_ is None


def test_without_any_training_rows_it_answers_nobody(task: Task) -> None:
    adapter = StandIn("")
    adapter.prepare(replace(task, train=task.train.iloc[:0]))
    replies = adapter.recommend(task, 5)
    adapter.close()
    assert all("its list is empty" in str(reply.error) for reply in replies)


def test_co_occurrence_is_counted_right(tmp_path: Path) -> None:
    from pipelines.adapters.personalize.standin_server import SHRINK, Model

    random = np.random.default_rng(3)
    pairs = sorted({(int(u), int(i)) for u, i in random.integers(0, 15, size=(90, 2))})
    rows = "".join(f"u{u},i{i},1,{n}\n" for n, (u, i) in enumerate(pairs))
    (tmp_path / "rows.csv").write_text("USER_ID,ITEM_ID,EVENT_VALUE,TIMESTAMP\n" + rows)
    model = Model(tmp_path / "rows.csv")
    matrix = np.zeros((len(model.users), len(model.items)))
    for u, i in pairs:
        matrix[model.users[f"u{u}"], model.codes[f"i{i}"]] = 1
    together = matrix.T @ matrix
    support = np.diag(together).copy()
    np.fill_diagonal(together, 0)
    close = together / (np.sqrt(np.outer(support, support)) + SHRINK) * (together > 1)
    fill = 1e-6 * support / support.max()
    for user, row in model.users.items():
        expected = matrix[row] @ close + fill
        np.testing.assert_allclose(model.scores(user), expected, rtol=1e-5)
        best = [entry["itemId"] for entry in model.top(user, 6)]
        order = np.lexsort((np.arange(len(expected)), -model.scores(user)))[:6]
        assert best == [model.items[code] for code in order]
