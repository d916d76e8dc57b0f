"""A batch inference job: upload users to S3, run the job, download its output."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from threading import Event
from typing import Any

from pipelines.adapters.personalize import limits
from pipelines.adapters.personalize.client import client_of, explain
from pipelines.adapters.personalize.profile import Profile
from pipelines.errors import AssayError
from pipelines.runtime.phrases import noun_for
from pipelines.runtime.redact import foreign


def check(profile: Profile, start: str) -> None:
    """Raise `AssayError` if a setting is missing; `start` is the prefix of its variable."""
    for field in ("solution_version_arn", "role_arn", "s3"):
        if getattr(profile, field) is None:
            raise AssayError(f"A batch job also needs {start}{field.upper()}.")
    if not (profile.s3 or "").startswith("s3://") or not _bucket(profile)[0]:
        raise AssayError(f"{start}S3 must be s3://bucket/prefix, not {profile.s3!r}.")
    request = _request(profile, "assay", 1, "assay")
    model = client_of("personalize", profile).meta.service_model
    limits.check(request, model.operation_model("CreateBatchInferenceJob").input_shape)


def run(profile: Profile, users: list[str], k: int, folder: Path) -> Path:
    """Run a job for `users` (k items each); returns the folder with its output files.

    Takes tens of minutes. Raises `AssayError` if the job fails or takes longer than
    `batch_hours`.
    """
    name = f"assay-{uuid.uuid4().hex[:12]}"
    s3, service = client_of("s3", profile), client_of("personalize", profile)
    bucket, prefix = _bucket(profile)
    key = f"{prefix}{name}"
    lines = "".join(json.dumps({"userId": user}, ensure_ascii=False) + "\n" for user in users)
    request = _request(profile, name, k, key)
    try:
        s3.put_object(Bucket=bucket, Key=f"{key}/users.jsonl", Body=lines.encode())
        job = service.create_batch_inference_job(**request)["batchInferenceJobArn"]
        _wait(service, job, profile)
        return _download(s3, bucket, f"{key}/out/", folder / name)
    except AssayError:
        raise
    except Exception as error:
        raise AssayError(f"The batch job {name} failed: {explain(error).sentence}.") from error


def _bucket(profile: Profile) -> tuple[str, str]:
    bucket, _, prefix = (profile.s3 or "").removeprefix("s3://").partition("/")
    prefix = prefix.strip("/")
    return bucket, f"{prefix}/" if prefix else ""


def _request(profile: Profile, name: str, k: int, key: str) -> dict[str, Any]:
    bucket = _bucket(profile)[0]
    request: dict[str, Any] = {
        "jobName": name,
        "solutionVersionArn": profile.solution_version_arn,
        "roleArn": profile.role_arn,
        "numResults": k,
        "jobInput": {"s3DataSource": {"path": f"s3://{bucket}/{key}/users.jsonl"}},
        "jobOutput": {"s3DataDestination": {"path": f"s3://{bucket}/{key}/out/"}},
    }
    if profile.filter_arn:
        request["filterArn"] = profile.filter_arn
    return request


def _wait(service: Any, job: str, profile: Profile) -> None:
    pause = Event()
    until = time.monotonic() + profile.batch_hours * 3600
    while True:
        found = service.describe_batch_inference_job(batchInferenceJobArn=job)
        state = found["batchInferenceJob"]
        if state["status"] == "ACTIVE":
            return
        if state["status"] in ("CREATE FAILED", "CREATE STOPPED"):
            why = foreign(state.get("failureReason", state["status"]))
            raise AssayError(f"The batch job {job} failed: {why}.")
        if time.monotonic() > until:
            raise AssayError(
                f"The batch job {job} was not finished after {profile.batch_hours:g} "
                f"{noun_for(profile.batch_hours, 'hour')}; when it is, download its output and "
                "compare it as exported:FOLDER."
            )
        pause.wait(profile.poll_seconds)


def _download(s3: Any, bucket: str, prefix: str, folder: Path) -> Path:
    folder.mkdir(parents=True)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for number, found in enumerate(entry for page in pages for entry in page.get("Contents", [])):
        if found["Key"].endswith(".out"):
            body = s3.get_object(Bucket=bucket, Key=found["Key"])["Body"]
            (folder / f"{number}.out").write_bytes(body.read())
    return folder
