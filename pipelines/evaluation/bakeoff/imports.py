"""What every contender's process needs, imported before there is anything to keep secret.

The fork server imports this module; see docs/decisions/0006-a-fork-server.md.
"""

from __future__ import annotations

import pandas  # noqa: F401
import pyarrow.parquet  # noqa: F401
import threadpoolctl  # noqa: F401

from pipelines import registry
from pipelines.evaluation.bakeoff import child, third_party  # noqa: F401

for kind in ("candidates", "rankers", "rules"):
    for name in registry.BUILT_IN[kind]:
        registry.lookup(kind, name)
