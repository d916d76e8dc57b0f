"""One migration at a time in a process."""

from __future__ import annotations

import threading

alone = threading.Lock()
"""Held while tables are brought up to date. Alembic's `op` is one for the whole process:
with MLflow's store and a workspace at once, the statements of one end up in the other."""
