"""What the first rows of a file propose besides its columns: how values are to be read.

A proposal is a field of the recipe and one sentence; what the user has set is never changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.data.importing import doubts, id_proposals, order_proposals, time_proposals
from pipelines.data.importing.column_content import TIME_WORDS
from pipelines.data.importing.event_weights import is_kind, is_status, is_undone
from pipelines.data.importing.names import FALLBACKS
from pipelines.data.importing.plain_names import plain
from pipelines.data.importing.proposal import Head, Proposal
from pipelines.data.recipe import Recipe


def candidates(columns: Sequence[str]) -> list[str]:
    """Columns that a proposal may need although no standard name fits them."""
    names = [
        c
        for c in columns
        if is_status(c) or is_kind(c) or is_undone(c) or plain(c.rpartition(".")[2]) in FALLBACKS
    ]
    return [*names, *[c for c in columns if any(w in c.casefold() for w in TIME_WORDS)][:5]]


def proposed(heads: Sequence[Head], recipe: Recipe, given: Recipe, *, semicolons: bool) -> Proposal:
    """The proposals of the first rows of each file, in the order in which they are said.

    `recipe` has the columns found by name; `given` is what the user set. `semicolons`: the
    columns of the first file are parted by semicolons.
    """
    done = Proposal(recipe)
    if not heads or not all(len(values) for values in heads[0].columns.values()):
        return done
    id_proposals.names_as_ids(done, heads[0], given)
    id_proposals.lists(done, heads[0])
    order_proposals.states(done, heads[0], given)
    order_proposals.order_lines(done, heads[0], given)
    id_proposals.visitors(done, heads[0], given)
    order_proposals.ratings(done, heads[0], given)
    order_proposals.zeros(done, heads[0])
    id_proposals.descriptions(done, heads[0], given)
    order_proposals.decimal(done, heads, given, semicolons=semicolons)
    id_proposals.float_ids(done, heads, given)
    time_proposals.clock(done, heads, given)
    time_proposals.times(done, heads, given)
    doubts.shortened(done, heads[0])
    doubts.undone(done, heads[0])
    doubts.thousands(done, heads, semicolons=semicolons)
    return done
