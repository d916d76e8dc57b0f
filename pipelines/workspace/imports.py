"""What a job's process needs; the fork server imports this module.

Imported before any workspace is opened: see docs/decisions/0006-a-fork-server.md.
"""

from __future__ import annotations

import sqlalchemy.dialects.sqlite  # noqa: F401

from pipelines.data import samples  # noqa: F401
from pipelines.evaluation.bakeoff import run  # noqa: F401
from pipelines.workspace import bakeoffs, store, worker  # noqa: F401
