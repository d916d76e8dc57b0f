"""How a table of items or users joins the events, and which spelling of ids keeps them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.data.id_forms import FORMS, IdForm, normalized

if TYPE_CHECKING:
    import pyarrow as pa

SHARE = 0.9
"""Below this share of joined ids, spellings are compared."""
CLEARLY = 1.1
"""A form is a repair if it joins more ids by this factor."""


def joined(events: pa.Array, table: pa.Array) -> tuple[int, str, str]:
    """How many ids of the events the table has, one that only it has, one that it lacks.

    Both arrays (large string) hold distinct ids; a missing example is "".
    """
    import pyarrow.compute as pc

    here = pc.is_in(events, table)
    alone = table.filter(pc.invert(pc.is_in(table, events)))
    without = events.filter(pc.invert(here))
    only_table, only_events = (str(ids[0])[:60] if len(ids) else "" for ids in (alone, without))
    return int(pc.sum(here).as_py() or 0), only_table, only_events


def pair(events: pa.Array, table: pa.Array, form: IdForm) -> tuple[str, str] | None:
    """An id of the table and one of the events that are equal but for the form."""
    import pyarrow.compute as pc

    free = table.filter(pc.invert(pc.is_in(table, events)))
    wanted = events.filter(pc.invert(pc.is_in(events, table)))
    place = pc.index_in(normalized(free, [form]), normalized(wanted, [form]))
    at = np.flatnonzero(place.is_valid().to_numpy(zero_copy_only=False))
    if not len(at):
        return None
    return str(free[at[0]]), str(wanted[place[int(at[0])].as_py()])


def repairs(events: pa.Array, table: pa.Array, now: int) -> dict[IdForm, int]:
    """For each form that keeps ids apart: how many ids of the events the table would have.

    `now` is how many it has; spellings are compared only if these are few.
    """
    import pyarrow.compute as pc

    if now >= SHARE * len(events):
        return {}
    found: dict[IdForm, int] = {}
    for form in FORMS:
        there = pc.is_in(normalized(events, [form]), normalized(table, [form]))
        n = int(pc.sum(there).as_py() or 0)
        if n > CLEARLY * now:
            found[form] = n
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))
