"""One JSON document as lines: an array of rows, alone or under a key of an object."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from typing import Any

from pipelines.errors import AssayError

Read = Callable[[int], bytes]

BLOCK = 1 << 20
LONGEST = 1 << 22
"""Characters of one row at which reading stops; as values of Python they take 20 times as much."""
_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder(strict=False)


class _Text:
    """The text of a document; only what is being parsed is in memory."""

    def __init__(self, read: Read, size: int = BLOCK) -> None:
        self._read, self._size = read, size
        self._decode = codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode
        self._ended = False
        self.text, self.at = "", 0

    def more(self) -> bool:
        """Read on; False at the end. Each call reads twice as much as is there."""
        if self._ended:
            return False
        got = self._read(max(self._size, len(self.text) - self.at))
        self._ended = not got
        self.text = self.text[self.at :] + self._decode(got, not got)
        self.at = 0
        return True

    def next(self) -> str:
        """The next character that is not space, without taking it; "" at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _SPACE:
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def take(self, expected: str) -> bool:
        """Take the next character if it is the expected one."""
        if self.next() != expected:
            return False
        self.at += 1
        return True

    def value(self) -> tuple[Any, str]:
        """The next value, and its text; raises `ValueError` if there is none."""
        self.next()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except ValueError:
                if len(self.text) - self.at > LONGEST or not self.more():
                    raise
                continue
            if end == len(self.text) and self.more():
                continue  # a number may go on
            text, self.at = self.text[self.at : end], end
            return value, text


def rows_key(head: str) -> str | None:
    """The key of the first array of objects of a document that begins so; "" if it is the array."""
    text = _Text(lambda _: b"")
    text.text = head
    try:
        if text.take("["):
            return "" if text.next() == "{" else None
        if not text.take("{"):
            return None
        while True:
            key, _ = text.value()
            if not isinstance(key, str) or not text.take(":"):
                return None
            before = text.at
            if text.take("[") and text.next() == "{":
                return key
            text.at = before
            text.value()
            if not text.take(","):
                return None
    except (ValueError, RecursionError):
        return None


def as_lines(read: Read, key: str, name: str) -> Read:
    """The rows of a document, one per line, as a function that reads about n bytes."""
    lines = _lines(_Text(read), key, name)

    def some(n: int) -> bytes:
        got: list[bytes] = []
        size = 0
        for line in lines:
            got.append(line)
            size += len(line)
            if size >= n:
                break
        return b"".join(got)

    return some


def _lines(text: _Text, key: str, name: str) -> Iterator[bytes]:
    row = 0
    try:
        if key:
            text.take("{")
            while True:
                found, _ = text.value()
                text.take(":")
                if found == key:
                    break
                text.value()
                text.take(",")
        text.take("[")
        while text.next() != "]":
            row += 1
            _, written = text.value()
            yield (written.replace("\r", " ").replace("\n", " ") + "\n").encode(errors="replace")
            if not text.take(",") and text.next() != "]":
                raise ValueError
    except (ValueError, RecursionError) as error:
        raise AssayError(
            f"The JSON of {name!r} is damaged or truncated at row {row:,}, or that row is longer "
            f"than {LONGEST >> 20} MB; export it again, with an object per event."
        ) from error
