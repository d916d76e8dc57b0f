"""Takes secrets out of text before it is kept, logged or printed.

Error messages repeat what went wrong: an address with its password, a request with its headers,
the environment. Everything foreign goes through `foreign`, every log record through `logs`.
"""

from __future__ import annotations

import logging
import os
import re
import traceback
from functools import lru_cache
from urllib.parse import quote, quote_plus, unquote, urlsplit

HIDDEN = "***"
LONGEST_FOREIGN = 300
"""Characters of somebody else's message that are kept."""
_SHORTEST_SECRET = 6
"""A value below this many characters would hide words that have nothing to do with it."""

_NAMES = (
    r"pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|signature|api[-_]?key|access[-_]?key"
    r"(?:[-_]?id)?|private[-_]?key|session[-_]?key"
)
_SECRET_NAME = re.compile(rf"(?:{_NAMES})", re.IGNORECASE)
_NO_SECRET = re.compile(r"_(?:FILE|PATH|DIR|URL|EXPIRATION)$|^(?:OLD)?PWD$", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^\s/?#\"'<>]*@")
_HEADER = re.compile(
    r"((?:proxy-)?authorization|x-amz-security-token|x-api-key|(?:set-)?cookie)"
    r"([\"']?\s*[:=]\s*[\"']?)[^\"'\r\n}]+",
    re.IGNORECASE,
)
_PAIR = re.compile(
    rf"([\w.-]*(?:{_NAMES}|\bsig|\bauth)[\w.-]*[\"']?\s*[=:]\s*[\"']?)(?!\*)[^\s\"',&;#)}}\]]+",
    re.IGNORECASE,
)
_TOKENS = (
    re.compile(r"(?<=\bbearer )\s*[\w.~+/=-]{6,}", re.IGNORECASE),
    re.compile(r"(?<=\bbasic )\s*[\w+/=-]{6,}", re.IGNORECASE),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"),
    re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"),  # a JSON Web Token
)


def redact(text: str) -> str:
    """The text without secrets: of the environment, of addresses, headers and named values."""
    for secret in _of_environment(tuple(sorted(os.environ.items()))):
        text = text.replace(secret, HIDDEN)
    text = _USER_INFO.sub(f"{HIDDEN}@", text)
    text = _HEADER.sub(rf"\1\2{HIDDEN}", text)
    text = _PAIR.sub(rf"\1{HIDDEN}", text)
    for token in _TOKENS:
        text = token.sub(HIDDEN, text)
    return text


def foreign(text: object, most: int = LONGEST_FOREIGN) -> str:
    """Somebody else's message on one line, without secrets, cut to `most` characters."""
    line = redact(" ".join(str(text).split()))
    return line if len(line) <= most else line[: most - 1] + "…"


def traceback_of(error: BaseException) -> str:
    """The error's traceback without secrets."""
    return redact("".join(traceback.format_exception(error)).rstrip())


@lru_cache(maxsize=4)
def _of_environment(environment: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The environment's secrets in the forms in which messages repeat them, longest first."""
    found = set()
    for name, value in environment:
        if _SECRET_NAME.search(name) and not _NO_SECRET.search(name):
            found.add(value)
        if "://" in value:
            found |= _in_address(value)
    forms = {
        form
        for secret in found
        if len(secret) >= _SHORTEST_SECRET
        for form in (secret, quote(secret, ""), quote_plus(secret), repr(secret)[1:-1])
    }
    return tuple(sorted(forms, key=len, reverse=True))


def _in_address(address: str) -> set[str]:
    try:
        password = urlsplit(address).password
    except ValueError:
        return set()
    return set() if password is None else {password, unquote(password)}


def logs() -> None:
    """Take secrets out of all log records of this process, tracebacks included."""
    made = logging.getLogRecordFactory()
    if getattr(made, "redacts", False):
        return
    formatter = logging.Formatter()

    def factory(*args: object, **named: object) -> logging.LogRecord:
        record = made(*args, **named)
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # logging itself reports a wrong number of arguments
            return record
        told = redact(text)
        if told != text:
            record.msg, record.args = told, ()
        if record.exc_info:
            record.exc_text = redact(formatter.formatException(record.exc_info))
        return record

    factory.redacts = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(factory)
