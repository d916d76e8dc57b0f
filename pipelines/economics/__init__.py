"""The decision to build, buy or do both, and its memo (docs/decision-model.md)."""

from typing import TYPE_CHECKING

from pipelines import lazy

if TYPE_CHECKING:
    from pipelines.economics.case import Case as Case
    from pipelines.economics.case_files import load_case as load_case
    from pipelines.economics.memo import render_memo as render_memo
    from pipelines.economics.summary import Decision as Decision

_HOMES = {
    "Case": "pipelines.economics.case",
    "Decision": "pipelines.economics.summary",
    "load_case": "pipelines.economics.case_files",
    "render_memo": "pipelines.economics.memo",
}
__all__ = [*_HOMES]

if not TYPE_CHECKING:  # else every name would pass for one of the package
    __getattr__, __dir__ = lazy.exports(globals(), _HOMES)
