"""Errors that the user can fix, as opposed to bugs."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class AssayError(Exception):
    """An error that the user can fix.

    The message is one sentence: what is wrong and what to do. Shown without a traceback.
    """


class Refused(AssayError):
    """A request that would not fit into memory or would be misleading; names an alternative."""


class MissingExtra(AssayError, ImportError):
    """A package that an extra of Assay installs is missing; the message names the extra."""


def first_problem(error: ValidationError, whole: str = "the whole") -> tuple[str, str]:
    """Where pydantic's first error is (`budget.p95_ms`), or `whole`, and its text.

    The text has no full stop.
    """
    found = error.errors()[0]
    place = ".".join(str(part)[:60] for part in found["loc"])
    own = found.get("ctx", {}).get("error")  # raised by a validator of ours
    return place or whole, str(own or found["msg"]).rstrip(".")


def of_the_system(error: BaseException) -> str | None:
    """A sentence for what the disk, the memory or the input's depth causes; None for a defect."""
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; end other programs, or use less data."
    if isinstance(error, RecursionError):
        return "The input is nested too deeply; simplify it."
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, errno.EDQUOT) or "No space left on device" in str(error):
        return "The disk is full; free some space and try again. What was stored before is kept."
    if isinstance(error, OSError) and number in (errno.EROFS, errno.EACCES, errno.EPERM):
        place = error.filename or "A file"
        return f"{place} cannot be used ({error.strerror}); change its permissions, or its place."
    return None
