"""What the parts of a workspace share: its folders and its database."""

from __future__ import annotations

from pipelines.workspace.database import Database
from pipelines.workspace.home import Home


class Shelf:
    """A part of the workspace."""

    def __init__(self, home: Home, database: Database) -> None:
        self.home = home
        self.database = database
