"""Lists and held-out items, from files and data frames with external ids to codes."""

from typing import TYPE_CHECKING

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
    __getattr__, __dir__ = lazy.exports(globals(), _HOMES)
