"""The Personalize adapter against real HTTP servers that behave badly."""

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.adapters.contract import NotComparable, Task
from pipelines.adapters.personalize import client as client_module
from pipelines.adapters.personalize.adapter import Personalize
from pipelines.adapters.personalize.client import GIVE_UP_AFTER
from pipelines.errors import AssayError
from pipelines.prices.pricebook import PriceBook
from pipelines.registry import lookup
from pipelines.testing import AdapterTests
from pipelines.testing.vendor import Answer, Received, Vendor
from tests.adapters.conftest import ARN

pytestmark = pytest.mark.slow

StartVendor = Callable[[Callable[[Received], Answer]], Vendor]
Adapt = Callable[..., Personalize]


def entries(items: list[str]) -> list[dict[str, Any]]:
    return [{"itemId": item, "score": 1 / (place + 1)} for place, item in enumerate(items)]


def good(task: Task) -> Callable[[Received], Answer]:
    """A vendor that answers every request."""

    def respond(asked: Received) -> Answer:
        body = asked.json
        if asked.path == "/personalize-ranking":
            return Answer({"personalizedRanking": entries(sorted(body["inputList"]))})
        return Answer({"itemList": entries(task.item_ids[: body["numResults"]])})

    return respond


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


@pytest.fixture
def adapt(task: Task, monkeypatch: pytest.MonkeyPatch) -> Adapt:
    """`personalize:shop` with settings from the environment; keywords add or replace."""

    def make(address: str, **settings: object) -> Personalize:
        usual = {
            "campaign_arn": ARN,
            "region": "eu-west-1",
            "endpoint": address,
            "trained_through": task.cutoff,
            "attempts": 3,
            "first_wait_seconds": 0.001,
            "timeout_seconds": 20,
        }
        for name, value in {**usual, **settings}.items():
            monkeypatch.setenv(f"ASSAY_PERSONALIZE_SHOP_{name.upper()}", str(value))
        return Personalize("shop")

    return make


class TestConformance(AdapterTests):
    @pytest.fixture
    def fresh(self, vendor: StartVendor, task: Task, adapt: Adapt) -> Personalize:
        return adapt(vendor(good(task)).address)


def test_it_is_found_by_its_name() -> None:
    assert lookup("adapters", "personalize") is Personalize


def test_requests_are_signed_for_personalize(vendor: StartVendor, task: Task, adapt: Adapt) -> None:
    server = vendor(good(task))
    adapter = adapt(server.address)
    adapter.prepare(task)
    adapter.recommend(task, 7)
    first = server.asked[0]
    assert (first.method, first.path) == ("POST", "/recommendations")
    assert "/eu-west-1/personalize/aws4_request" in first.headers["authorization"]
    assert {asked.json["userId"] for asked in server.asked} == set(task.users)
    assert all(asked.json["campaignArn"] == ARN for asked in server.asked)


def test_each_user_is_asked_for_the_room_it_needs(
    vendor: StartVendor, task: Task, adapt: Adapt
) -> None:
    server = vendor(good(task))
    adapter = adapt(server.address)
    adapter.prepare(task)
    longer = replace(task, histories=[["x"] * n for n in range(len(task.users))])
    distinct = [[f"x{n}" for n in range(len(history))] for history in longer.histories]
    longer = replace(longer, histories=distinct)
    adapter.recommend(longer, adapter.k_to_ask(longer))
    asked = {asked.json["userId"]: asked.json["numResults"] for asked in server.asked}
    assert [asked[user] for user in task.users] == [5 + n for n in range(len(task.users))]


def test_a_list_never_goes_beyond_the_vendors_500(
    vendor: StartVendor, task: Task, adapt: Adapt
) -> None:
    server = vendor(good(task))
    adapter = adapt(server.address)
    adapter.prepare(task)
    endless = replace(task, histories=[[f"x{n}" for n in range(900)]] * len(task.users))
    assert adapter.k_to_ask(endless) == 500
    adapter.recommend(endless, 10_000)
    assert {asked.json["numResults"] for asked in server.asked} == {500}


# --- failures are replies


def test_a_slow_vendor_times_out_and_is_counted(
    vendor: StartVendor, task: Task, adapt: Adapt
) -> None:
    slow = task.users[1]

    def respond(asked: Received) -> Answer:
        if asked.json["userId"] == slow:
            server.released.wait(60)
        return good(task)(asked)

    server = vendor(respond)
    adapter = adapt(server.address, timeout_seconds=0.7)
    adapter.prepare(task)
    replies = adapter.recommend(task, 5)
    failed = [reply for reply in replies if reply.error]
    assert [reply.user_id for reply in failed] == [slow]
    assert failed[0].error == "no answer within the time limit"
    assert adapter.meter.timeouts == 1
    assert adapter.meter.retries == 0
    assert max(adapter.meter.milliseconds) < 700


def test_throttled_calls_are_sent_again_and_timed_alone(
    vendor: StartVendor, task: Task, adapt: Adapt
) -> None:
    tried: set[str] = set()

    def respond(asked: Received) -> Answer:
        user = asked.json["userId"]
        if user not in tried:
            tried.add(user)
            return Answer({"message": "slow down"}, 429, "ThrottlingException")
        return good(task)(asked)

    adapter = adapt(vendor(respond).address, workers=1)
    adapter.prepare(task)
    n = len(task.users)
    replies = adapter.recommend(task, 5)
    assert [reply.error for reply in replies] == [None] * n
    assert adapter.meter.errors == {"throttled": n}
    assert adapter.notes[-1] == f"{n} of {2 * n} calls failed ({n} throttled)."
    assert (adapter.calls, adapter.meter.answers, adapter.meter.retries) == (2 * n, n, n)
    assert len(adapter.meter.milliseconds) == n


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (Answer({"message": "boom"}, 500, "InternalServerException"), "server error", "500"),
        (Answer(b"<html>Bad gateway</html>", 502), "server error", "502"),
        (Answer({"message": "slow"}, 429, "ThrottlingException"), "throttled", "throttled"),
        (Answer({"message": "no"}, 400, "InvalidInputException"), "refused", "InvalidInput"),
        (Answer({"message": "no"}, 404, "ResourceNotFoundException"), "refused", "NotFound"),
        (Answer({"message": "no"}, 403, "AccessDeniedException"), "refused", "AccessDenied"),
        (Answer(b"{broken"), "malformed answer", "no itemList"),
        (Answer(b""), "malformed answer", "no itemList"),
        (Answer(b"[1, 2]"), "malformed answer", "malformed"),
        (Answer({"recommendationId": "x"}), "malformed answer", "no itemList"),
        (Answer({"itemList": []}), "malformed answer", "empty"),
        (Answer({"itemList": "i001"}), "malformed answer", "malformed"),
        (Answer({"itemList": [{"score": 1}]}), "malformed answer", "no itemId"),
        (Answer({"itemList": [{"itemId": 7}]}), "malformed answer", "no itemId"),
        (Answer({"itemList": [{"itemId": "a", "score": "b"}]}), "malformed answer", "malformed"),
        (Answer(b"", status=0), "no connection", "no connection"),
    ],
)
def test_bad_answers_are_errors_of_each_user(
    answer: Answer, kind: str, said: str, vendor: StartVendor, task: Task, adapt: Adapt
) -> None:
    adapter = adapt(vendor(lambda asked: answer).address)
    adapter.prepare(task)
    few = replace(task, users=task.users[:3], histories=task.histories[:3], now=task.now[:3])
    replies = adapter.recommend(few, 5)
    assert [reply.user_id for reply in replies] == few.users
    assert all(reply.error and said in reply.error and not reply.items for reply in replies)
    again = 3 if kind in ("server error", "throttled", "no connection") else 1
    assert adapter.meter.errors == {kind: 3 * again}
    assert adapter.meter.answers == 0
    assert adapter.cost_usd == 0


def test_a_dead_vendor_is_not_asked_for_everybody(
    vendor: StartVendor, task: Task, adapt: Adapt
) -> None:
    server = vendor(lambda asked: Answer({"message": "boom"}, 500))
    adapter = adapt(server.address, workers=1, attempts=2)
    adapter.prepare(task)
    assert len(task.users) > GIVE_UP_AFTER
    replies = adapter.recommend(task, 5)
    assert all(reply.error for reply in replies)
    assert len(server.asked) == 2 * GIVE_UP_AFTER
    assert "not sent: 20 users before got no answer" in str(replies[-1].error)


def test_retries_are_limited_in_all(
    vendor: StartVendor, task: Task, adapt: Adapt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "RETRIES_IN_ALL", 5)
    server = vendor(lambda asked: Answer({"message": "slow"}, 429, "ThrottlingException"))
    adapter = adapt(server.address, workers=1, attempts=3)
    adapter.prepare(task)
    adapter.recommend(task, 5)
    assert adapter.meter.retries == 5
    assert len(server.asked) == GIVE_UP_AFTER + 5


def test_nobody_listening_is_an_error_of_each_user(task: Task, adapt: Adapt) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    adapter = adapt(f"http://127.0.0.1:{port}")
    adapter.prepare(task)
    replies = adapter.recommend(task, 5)
    assert all("no connection" in str(reply.error) for reply in replies)
    assert set(adapter.meter.errors) == {"no connection"}


def test_partial_answers_leave_the_others_whole(
    vendor: StartVendor, task: Task, adapt: Adapt
) -> None:
    unlucky = set(task.users[::3])

    def respond(asked: Received) -> Answer:
        if asked.json["userId"] in unlucky:
            return Answer({"message": "unknown user"}, 400, "InvalidInputException")
        return good(task)(asked)

    adapter = adapt(vendor(respond).address)
    adapter.prepare(task)
    replies = adapter.recommend(task, 5)
    assert {reply.user_id for reply in replies if reply.error} == unlucky
    assert all(reply.items for reply in replies if reply.user_id not in unlucky)


def test_odd_lists_are_kept_and_counted(vendor: StartVendor, task: Task, adapt: Adapt) -> None:
    odd = [{"itemId": "nowhere", "score": 0.5}, {"itemId": "i001"}, {"itemId": "i001"}]
    adapter = adapt(vendor(lambda asked: Answer({"itemList": odd})).address)
    adapter.prepare(task)
    n = len(task.users)
    replies = adapter.recommend(task, 5)
    assert all((r.items, r.scores) == (("nowhere", "i001"), None) for r in replies)
    assert adapter.problems == {
        "lists shorter than k": n,
        "positions with an unknown item": n,
        "repeated items": n,
    }
    adapter.recommend(task, 1)
    assert adapter.problems["lists longer than requested"] == n


def test_an_id_that_is_too_long_is_not_sent(vendor: StartVendor, task: Task, adapt: Adapt) -> None:
    server = vendor(good(task))
    adapter = adapt(server.address)
    adapter.prepare(task)
    one = replace(task, users=["u" * 257], histories=[[]], now=task.now[:1])
    assert "257 characters" in str(adapter.recommend(one, 5)[0].error)
    assert server.asked == []
    assert adapter.calls == 0


# --- settings


def test_a_later_or_missing_training_date_is_not_comparable(task: Task, adapt: Adapt) -> None:
    assert task.cutoff is not None
    with pytest.raises(NotComparable, match="after the cut-off"):
        adapt("http://127.0.0.1:9", trained_through=task.cutoff + 1).prepare(task)
    with pytest.raises(NotComparable, match="ASSAY_PERSONALIZE_SHOP_TRAINED_THROUGH"):
        adapt("http://127.0.0.1:9", trained_through="").prepare(task)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"campaign_arn": "campaign/test"},
            "campaignArn 'campaign/test' does not match the pattern",
        ),
        ({"campaign_arn": ""}, "has no campaign; set ASSAY_PERSONALIZE_SHOP_CAMPAIGN_ARN"),
        ({"workers": "many"}, "workers of personalize:shop is invalid"),
        ({"endpoint": "nowhere"}, "The AWS client cannot be created"),
        ({"mode": "batch"}, "SOLUTION_VERSION_ARN"),
    ],
)
def test_unusable_settings_are_said(
    settings: dict[str, str], said: str, task: Task, adapt: Adapt
) -> None:
    with pytest.raises(AssayError, match=said):
        adapt(settings.pop("endpoint", "http://127.0.0.1:9"), **settings).prepare(task)


def test_missing_credentials_are_said(
    task: Task, adapt: Adapt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(AssayError, match="No AWS credentials"):
        adapt("http://127.0.0.1:9").prepare(task)


def test_a_profile_file_is_read_and_the_environment_wins(
    assay_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assay_home.mkdir()
    (assay_home / "adapters.toml").write_text(
        f'[personalize.shop]\ncampaign_arn = "{ARN}"\nworkers = 2\ntrained_through = 2016-09-01\n'
    )
    monkeypatch.setenv("ASSAY_PERSONALIZE_SHOP_WORKERS", "3")
    profile = Personalize("shop").profile
    assert (profile.campaign_arn, profile.workers) == (ARN, 3)
    assert profile.trained_through == "2016-09-01"
    (assay_home / "adapters.toml").write_text("[personalize")
    with pytest.raises(AssayError, match="cannot be read"):
        Personalize("shop")


def test_boto3s_own_endpoint_variable_is_honored(
    vendor: StartVendor, task: Task, adapt: Adapt, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = vendor(good(task))
    monkeypatch.setenv("AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME", server.address)
    adapter = adapt("", price_per_1000=0.15)
    adapter.prepare(task)
    adapter.recommend(task, 5)
    assert len(server.asked) == len(task.users)
    assert adapter.cost_usd == pytest.approx(len(task.users) * 0.15 / 1000)
    assert adapter.priced_by == ""


def test_without_a_price_of_its_own_a_call_costs_what_the_price_book_says(
    vendor: StartVendor, task: Task, adapt: Adapt
) -> None:
    adapter = adapt(vendor(good(task)).address)
    adapter.prepare(task)
    adapter.recommend(task, 5)
    price = PriceBook().line("personalize-v2").per_1000
    assert adapter.cost_usd == pytest.approx(len(task.users) * price / 1000) and price > 0
    assert adapter.priced_by == "personalize-v2"


def test_a_recommender_is_asked_as_one(vendor: StartVendor, task: Task, adapt: Adapt) -> None:
    server = vendor(good(task))
    arn = ARN.replace("campaign/", "recommender/")
    only = "arn:aws:personalize:eu-west-1:123456789012:filter/unseen"
    adapter = adapt(server.address, campaign_arn=arn, filter_arn=only)
    adapter.prepare(task)
    adapter.recommend(task, 5)
    assert server.asked[0].json["recommenderArn"] == arn
    assert server.asked[0].json["filterArn"] == only


def test_an_error_that_repeats_the_request_keeps_no_secret():
    from botocore.exceptions import ClientError

    from pipelines.adapters.personalize.client import explain

    echo = "no access: {'X-Amz-Security-Token': 'session-of-ann', 'Host': 'x'} " + "x" * 5000
    response = {
        "Error": {"Code": "AccessDenied", "Message": echo},
        "ResponseMetadata": {"HTTPStatusCode": 403},
    }
    told = explain(ClientError(response, "GetRecommendations")).sentence
    assert told.startswith("refused by the vendor (AccessDenied): no access: ")
    assert "session-of-ann" not in told and len(told) < 400
