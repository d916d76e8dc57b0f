"""The batch door: S3 and the job, against a local server that plays both."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from pipelines.adapters.contract import Task
from pipelines.adapters.personalize.adapter import Personalize
from pipelines.errors import AssayError
from pipelines.testing import AdapterTests
from pipelines.testing.vendor import Answer, Received, Vendor

VERSION = "arn:aws:personalize:eu-west-1:123456789012:solution/test/1"
ROLE = "arn:aws:iam::123456789012:role/service"
JOB = "arn:aws:personalize:eu-west-1:123456789012:batch-inference-job/test"
StartVendor = Callable[[Callable[[Received], Answer]], Vendor]


class Cloud:
    """Objects by key, and one job that is ready at the second look."""

    def __init__(self, task: Task, end: str = "ACTIVE") -> None:
        self.objects: dict[str, bytes] = {}
        self.task, self.end = task, end
        self.looks = 0
        self.created: dict[str, object] = {}

    def __call__(self, asked: Received) -> Answer:
        target = asked.headers.get("x-amz-target", "").rpartition(".")[2]
        if target == "CreateBatchInferenceJob":
            self.created = asked.json
            return Answer({"batchInferenceJobArn": JOB})
        if target == "DescribeBatchInferenceJob":
            return self._look()
        url = urlsplit(asked.path)
        if asked.method == "PUT":
            self.objects[url.path] = asked.body
            return Answer(b"")
        if "list-type" in parse_qs(url.query):
            return self._keys(parse_qs(url.query)["prefix"][0])
        return Answer(self.objects[url.path])

    def _look(self) -> Answer:
        self.looks += 1
        if self.looks < 2:
            return Answer({"batchInferenceJob": {"status": "CREATE IN_PROGRESS"}})
        if self.end == "ACTIVE":
            self._write()
        job = {"status": self.end, "failureReason": "the role may not read the bucket"}
        return Answer({"batchInferenceJob": job})

    def _write(self) -> None:
        source = str(self.created["jobInput"]["s3DataSource"]["path"])  # type: ignore[index]
        out = str(self.created["jobOutput"]["s3DataDestination"]["path"])  # type: ignore[index]
        k = int(str(self.created["numResults"]))
        lines = []
        for line in self.objects[f"/{source.removeprefix('s3://')}"].splitlines():
            output = {"recommendedItems": self.task.item_ids[:k]}
            lines.append(json.dumps({"input": json.loads(line), "output": output}))
        key = f"/{out.removeprefix('s3://')}users.jsonl.out"
        self.objects[key] = "\n".join(lines).encode()
        self.objects[f"/{out.removeprefix('s3://')}_CHECK"] = b""

    def _keys(self, prefix: str) -> Answer:
        keys = [key.removeprefix("/bucket/") for key in self.objects]
        found = "".join(
            f"<Contents><Key>{key}</Key><Size>1</Size></Contents>"
            for key in keys
            if key.startswith(prefix)
        )
        return Answer(
            f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>".encode()
        )


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, task: Task) -> None:
    values = {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "ASSAY_PERSONALIZE_SHOP_SOLUTION_VERSION_ARN": VERSION,
        "ASSAY_PERSONALIZE_SHOP_ROLE_ARN": ROLE,
        "ASSAY_PERSONALIZE_SHOP_S3": "s3://bucket/tests",
        "ASSAY_PERSONALIZE_SHOP_REGION": "eu-west-1",
        "ASSAY_PERSONALIZE_SHOP_POLL_SECONDS": "0.01",
        "ASSAY_PERSONALIZE_SHOP_TRAINED_THROUGH": str(task.cutoff),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)


class TestConformance(AdapterTests):
    @pytest.fixture
    def fresh(
        self, vendor: StartVendor, task: Task, monkeypatch: pytest.MonkeyPatch
    ) -> Personalize:
        address = vendor(Cloud(task)).address
        monkeypatch.setenv("ASSAY_PERSONALIZE_SHOP_ENDPOINT", address)
        return Personalize("shop")

    def test_a_given_list_is_ordered_or_refused(self, ready: Personalize, task: Task) -> None:  # type: ignore[override]
        with pytest.raises(AssayError, match="campaign"):
            ready.rerank(task.users[0], task.item_ids[:3])

    def test_the_meter_agrees_with_the_replies(self, ready: Personalize, task: Task) -> None:  # type: ignore[override]
        ready.meter.price_per_1000 = 0.15
        ready.recommend(task, 3)
        assert ready.meter.milliseconds == []
        assert ready.cost_usd == pytest.approx(len(task.users) * 0.15 / 1000)


def test_users_go_up_and_lists_come_down(
    vendor: StartVendor, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = Cloud(task)
    monkeypatch.setenv("ASSAY_PERSONALIZE_SHOP_ENDPOINT", vendor(cloud).address)
    adapter = Personalize("shop")
    adapter.prepare(task)
    replies = adapter.recommend(task, 7)
    assert all(reply.items == tuple(task.item_ids[:7]) for reply in replies)
    assert cloud.created["solutionVersionArn"] == VERSION
    assert cloud.created["roleArn"] == ROLE
    (users,) = (body for key, body in cloud.objects.items() if key.endswith("/users.jsonl"))
    assert [json.loads(line)["userId"] for line in users.splitlines()] == task.users
    assert adapter.priced_by == "personalize-v2-batch"  # which has no minimum


def test_a_failed_job_is_said(
    vendor: StartVendor, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = Cloud(task, end="CREATE FAILED")
    monkeypatch.setenv("ASSAY_PERSONALIZE_SHOP_ENDPOINT", vendor(cloud).address)
    adapter = Personalize("shop")
    adapter.prepare(task)
    replies = adapter.recommend(task, 7)
    assert {reply.error for reply in replies} == {
        f"The batch job {JOB} failed: the role may not read the bucket."
    }


@pytest.mark.parametrize("field", ["ROLE_ARN", "S3"])
def test_a_missing_setting_is_named(
    field: str, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(f"ASSAY_PERSONALIZE_SHOP_{field}")
    with pytest.raises(AssayError, match=f"ASSAY_PERSONALIZE_SHOP_{field}"):
        Personalize("shop").prepare(task)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("S3", "bucket/tests", "s3://bucket/prefix"),
        ("ROLE_ARN", "role/service", "roleArn 'role/service'"),
        ("SOLUTION_VERSION_ARN", "solution/test/1", "solutionVersionArn"),
    ],
)
def test_unusable_settings_are_said(
    field: str, value: str, said: str, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"ASSAY_PERSONALIZE_SHOP_{field}", value)
    with pytest.raises(AssayError, match=said):
        Personalize("shop").prepare(task)
