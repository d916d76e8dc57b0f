"""A limit on how far a compressed file may expand: a few kilobytes can fill any memory."""

from __future__ import annotations

import os

from pipelines.errors import AssayError

MOST = "ASSAY_MOST_EXPANSION"
"""The environment variable with the limit: how many times its size a file may become."""
DEFAULT = 200
"""Logs shrink to a twentieth, rarely to a hundredth."""
FREE_BYTES = 500_000_000
"""What any file may become: this much fits, and small files of equal rows shrink further."""


def check(name: str, packed: int, unpacked: int) -> None:
    """Raise `AssayError` where a file of `packed` bytes becomes `unpacked` bytes or more."""
    if unpacked <= FREE_BYTES:
        return
    limit = _limit()
    if unpacked > limit * max(packed, 1):
        raise AssayError(
            f"{name!r} expands to more than {limit} times its size ({packed:,} bytes become over "
            f"{unpacked:,}), which events hardly do. If it is right, set {MOST} to a larger number."
        )


def _limit() -> int:
    text = os.environ.get(MOST, str(DEFAULT))
    if not text.isdecimal() or not int(text[:9]):
        raise AssayError(f"{MOST} must be a positive whole number, not {text[:20]!r}.")
    return int(text[:9])
