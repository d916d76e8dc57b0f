"""A package of somebody else with entry points, as pip leaves it behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines import registry


@contextmanager
def outside_package(
    site: Path,
    group: str,
    entries: Mapping[str, str],
    modules: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Make modules and a package's metadata in `site`, found by this process and its children.

    `entries` are of one group: names, and what they name ("module:Class"). `modules` are files
    in `site` ("my_package/broken.py") and what stands in them.
    """
    for file, text in (modules or {}).items():
        path = site / file
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text)
    about = site / "outside-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 1.0\n")
    lines = [f"{name} = {target}" for name, target in entries.items()]
    (about / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines]) + "\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(site))
        patched.setenv("PYTHONPATH", str(site))
        registry.names.cache_clear()
        yield
    registry.names.cache_clear()
