"""Documents that are made from Jinja templates: the memo, the report, the tracking plan."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any


@cache
def template(path: Path, **filters: Callable[[Any], str]) -> Any:
    """The template in a file, with its own filters by name; read once.

    Of HTML every value is escaped. A name that the values lack is an error, not a blank.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(path.parent),
        autoescape=".html" in path.suffixes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= filters
    return environment.get_template(path.name)
