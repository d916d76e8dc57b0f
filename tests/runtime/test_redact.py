"""Secrets do not get into what is kept, logged or printed."""

from __future__ import annotations

import io
import logging

import pytest

from pipelines.runtime import redact

SECRET = "hunter2-and-more"


@pytest.mark.parametrize(
    "text",
    [
        f"API request to http://ann:{SECRET}@mlflow.example:5000/api failed",
        f"https://{SECRET}@mlflow.example/path",
        f"postgresql+pg8000://ann:{SECRET}@db/shop is refused",
        f"GET https://mlflow.example/api?token={SECRET}&k=10",
        f"?X-Amz-Signature={SECRET}&X-Amz-Date=20260101",
        f"Authorization: Bearer {SECRET}",
        f"{{'X-Amz-Security-Token': '{SECRET}', 'Host': 'x'}}",
        f'{{"headers": {{"Authorization": "AWS4 Credential=x, Signature={SECRET}"}}}}',
        f"Cookie: session={SECRET}; other=1",
        f"aws_secret_access_key = {SECRET}",
        f'"password": "{SECRET}"',
        f"sent with bearer {SECRET}",
    ],
)
def test_a_secret_is_hidden(text: str) -> None:
    assert SECRET not in redact.redact(text)
    assert SECRET not in redact.foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "There is no dataset 'shop' (there are: tiny); import one with `assay data import FILE`.",
        "https://mlflow.example:5000/#/runs/0a1b",
        "12,000 items left out: unknown at the cut-off",
        "ann@example.com, lead",
        "user 'u1' at 12:30 has no list?k=10",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert redact.redact(text) == text


def test_values_of_the_environment_are_hidden_in_every_form(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VENDOR_API_KEY", "k/e y+plain")
    monkeypatch.setenv("SHOP", "postgresql://reader:p%40ss%2Fword@db/shop")
    monkeypatch.setenv("SHORT_TOKEN", "abc")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/home/ann/credentials")
    told = redact.redact(
        "k/e y+plain k%2Fe%20y%2Bplain k%2Fe+y%2Bplain p@ss/word p%40ss%2Fword abc"
    )
    assert told == " ".join(["***"] * 5 + ["abc"])
    assert redact.redact("read /home/ann/credentials") == "read /home/ann/credentials"


def test_a_foreign_message_is_one_short_line() -> None:
    told = redact.foreign(f"first\nsecond {'x' * 1000} token={SECRET}")
    assert told.startswith("first second x") and len(told) == redact.LONGEST_FOREIGN
    cut = redact.foreign("x" * 280 + f" token={SECRET}")  # a cut secret is none the less hidden
    assert SECRET[:4] not in cut


def test_log_records_and_their_tracebacks_are_redacted() -> None:
    before = logging.getLogRecordFactory()
    out = io.StringIO()
    logger = logging.getLogger("test_redact")
    handler = logging.StreamHandler(out)
    logger.addHandler(handler)
    try:
        redact.logs()
        redact.logs()
        logger.error("no answer of %s", f"http://ann:{SECRET}@host/")
        try:
            raise OSError(f"http://ann:{SECRET}@host/ failed")
        except OSError:
            logger.exception("it failed")
    finally:
        logger.removeHandler(handler)
        logging.setLogRecordFactory(before)
    assert SECRET not in out.getvalue()
    assert "Traceback" in out.getvalue() and out.getvalue().count("***@host") == 3
