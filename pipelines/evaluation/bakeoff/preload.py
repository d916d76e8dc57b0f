"""What the fork server of a bake-off imports, by name: this module itself is light."""

from __future__ import annotations

from pipelines.runtime import children
from pipelines.runtime.children import Preload

PRELOAD = Preload(
    now=("pipelines.evaluation.bakeoff.imports",),
    later=(
        "pipelines.runtime.compiled:load_all",
        "scipy.optimize",
        "scipy.linalg",
        "implicit.cpu.als",
        "lightgbm",  # last: it takes as long as all the others together
    ),
)


def prepare() -> None:
    """Start the fork server in the background, so that the first contender need not wait for it."""
    children.prepare(PRELOAD)
