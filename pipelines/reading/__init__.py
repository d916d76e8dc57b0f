"""Lists and held-out items, from files and data frames with external ids to codes."""

from typing import TYPE_CHECKING, Any

from pipelines import lazy

if TYPE_CHECKING:
    from pipelines.reading.lists import GroundTruth as GroundTruth
    from pipelines.reading.lists import Lists as Lists

_HOMES = {
    "GroundTruth": "pipelines.reading.lists",
    "Lists": "pipelines.reading.lists",
}
__all__ = [*_HOMES]


if not TYPE_CHECKING:  # else every name would pass for one of the package

    def __getattr__(name: str) -> Any:
        return lazy.attribute(__name__, _HOMES, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
