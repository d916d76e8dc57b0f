"""Calls to the Personalize runtime, with checks, timing, metering and limited retries."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from pipelines.adapters.answers import without_repeats
from pipelines.adapters.calls.meter import Meter
from pipelines.adapters.contract import Reply
from pipelines.adapters.personalize import limits
from pipelines.adapters.personalize.profile import Profile
from pipelines.errors import AssayError
from pipelines.runtime.redact import foreign

if TYPE_CHECKING:
    from tenacity import RetryCallState

GIVE_UP_AFTER = 20
"""Consecutive users without an answer after which no further calls are sent."""
RETRIES_IN_ALL = 200
"""Maximum retries for all users together, so as not to overload the vendor."""
LONGEST_WAIT = 8.0
THROTTLED = {
    "ThrottlingException", "Throttling", "ThrottledException", "TooManyRequestsException",
    "RequestLimitExceeded", "RequestThrottled", "SlowDown",
}  # fmt: skip


@dataclass(frozen=True)
class Failure:
    """Why a call failed, and whether to retry it."""

    kind: str
    sentence: str
    retry: bool = False


class BadAnswer(Exception):
    """An answer that does not match the service model."""


def client_of(service: str, profile: Profile, keys: dict[str, str] | None = None) -> Any:
    """A boto3 client without retries; `keys` replace boto3's credential chain."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    config = Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        connect_timeout=profile.timeout_seconds,
        read_timeout=profile.timeout_seconds,
        max_pool_connections=profile.workers,
        request_checksum_calculation="when_required",
        proxies={} if profile.endpoint else None,
    )
    try:
        session = boto3.session.Session(region_name=profile.region, **(keys or {}))
        if session.get_credentials() is None:
            raise AssayError(
                "No AWS credentials found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
                "AWS_PROFILE."
            )
        return session.client(service, endpoint_url=profile.endpoint, config=config)
    except (BotoCoreError, ValueError) as error:
        raise AssayError(
            f"The AWS client cannot be created: {_line(error)}; check the settings."
        ) from error


class Runtime:
    """The two runtime calls; every failure becomes a reply with an error."""

    def __init__(self, client: Any, profile: Profile, meter: Meter) -> None:
        self.profile = profile
        self.meter = meter
        self.problems: Counter[str] = Counter()
        self._client = client
        self._lock = Lock()
        self._in_a_row = 0
        self._retries_left = RETRIES_IN_ALL
        self._last = ""
        arn = profile.campaign_arn or ""
        self._place = {"recommenderArn" if ":recommender/" in arn else "campaignArn": arn}
        if profile.filter_arn:
            self._place["filterArn"] = profile.filter_arn
        limits.check(self._place, self._shape("GetRecommendations"))

    def recommend(self, user: str, k: int) -> Reply:
        """At most k items (1 to 500) for a user."""
        params = {"userId": user, "numResults": min(k, limits.LONGEST_LIST)}
        return self._reply("GetRecommendations", "itemList", user, params, k)

    def rerank(self, user: str, items: list[str]) -> Reply:
        """The items (at most 500), reranked for this user."""
        params = {"userId": user, "inputList": items}
        ranking = "GetPersonalizedRanking"
        return self._reply(ranking, "personalizedRanking", user, params, len(items))

    def _shape(self, operation: str) -> Any:
        return self._client.meta.service_model.operation_model(operation).input_shape

    def _reply(
        self, operation: str, member: str, user: str, params: dict[str, Any], k: int
    ) -> Reply:
        whole = {**self._place, **params}
        refused = next(limits.problems(whole, self._shape(operation)), None)
        if refused:
            return Reply.failed(user, f"not sent: {refused}")
        with self._lock:
            if self._in_a_row >= GIVE_UP_AFTER:
                return Reply.failed(
                    user, f"not sent: {GIVE_UP_AFTER} users before got no answer ({self._last})"
                )
        try:
            answer, milliseconds = self._with_retries(operation, member, whole)
        except Exception as error:
            failure = explain(error)
            with self._lock:
                self._in_a_row += 1
                self._last = failure.sentence
            return Reply.failed(user, failure.sentence)
        with self._lock:
            self._in_a_row = 0
            items, scores = self._list(answer[member], k)
        return Reply(user, items, scores, None, milliseconds)

    def _with_retries(
        self, operation: str, member: str, params: dict[str, Any]
    ) -> tuple[dict[str, Any], float]:
        from tenacity import Retrying, retry_if_exception, stop_after_attempt
        from tenacity import wait_random_exponential as growing

        waits = growing(multiplier=self.profile.first_wait_seconds, max=LONGEST_WAIT)
        return Retrying(
            stop=stop_after_attempt(self.profile.attempts),
            wait=waits,
            retry=retry_if_exception(lambda e: explain(e).retry and self._retries_left > 0),
            before_sleep=self._count_retry,
            reraise=True,
        )(self._once, operation, member, params)

    def _count_retry(self, state: RetryCallState) -> None:
        self.meter.retried()
        with self._lock:
            self._retries_left -= 1

    def _once(
        self, operation: str, member: str, params: dict[str, Any]
    ) -> tuple[dict[str, Any], float]:
        from botocore import xform_name

        call = getattr(self._client, xform_name(operation))
        began = time.perf_counter()
        try:
            answer = call(**params)
            milliseconds = (time.perf_counter() - began) * 1000
            _require_list(answer, member)
        except Exception as error:
            self.meter.failed(explain(error).kind)
            raise
        self.meter.answered(milliseconds)
        return answer, milliseconds

    def _list(
        self, entries: list[dict[str, Any]], k: int
    ) -> tuple[tuple[str, ...], tuple[float, ...] | None]:
        self.problems["lists longer than requested"] += len(entries) > k
        items = [entry["itemId"] for entry in entries[:k]]
        scores = [entry.get("score") for entry in entries[:k]]
        given = None if None in scores else [float(s) for s in scores if s is not None]
        return without_repeats(items, given or None, self.problems)


def _require_list(answer: Any, member: str) -> None:
    """Check the list, since boto3 accepts an answer without it or with ids of another type."""
    entries = answer.get(member) if isinstance(answer, dict) else None
    if not isinstance(entries, list):
        raise BadAnswer(f"it has no {member}")
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("itemId"), str):
            raise BadAnswer("an entry has no itemId")
        score = entry.get("score")
        if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
            raise BadAnswer("a score is not a number")
    if not entries:
        raise BadAnswer("its list is empty")


def explain(error: BaseException) -> Failure:
    """The kind of failure of an exception, and whether a retry may help."""
    from botocore import exceptions as boto

    if isinstance(error, boto.ClientError):
        return _of_service(error)
    if isinstance(error, boto.ReadTimeoutError | boto.ConnectTimeoutError):
        return Failure("time-out", "no answer within the time limit")
    if isinstance(error, boto.ConnectionError | boto.HTTPClientError):
        return Failure("no connection", f"no connection: {_line(error)}", retry=True)
    if isinstance(error, boto.BotoCoreError):
        return Failure("refused", f"the call failed: {_line(error)}")
    # All others come from reading the answer; for most of them boto3 has no exception.
    return Failure("malformed answer", f"malformed answer: {_line(error)}")


def _of_service(error: Any) -> Failure:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    message = foreign(error.response.get("Error", {}).get("Message", "") or code)
    if code in THROTTLED or status == 429:
        return Failure("throttled", f"throttled by the vendor: {message}", retry=True)
    if status >= 500:
        return Failure("server error", f"the vendor failed ({status}): {message}", retry=True)
    return Failure("refused", f"refused by the vendor ({code}): {message}")


def _line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return foreign(text.splitlines()[0].rstrip("."), 200)
