"""The data types that stages, adapters and pages share.

Internally, items and users are int32 codes; external ids are strings and appear only at the
edges (`Vocabulary`). Times are int64 seconds since 1970, UTC.
"""

from pipelines.schema.arrays import (
    NEW_USER,
    NO_ITEM,
    Doubles,
    Floats,
    Ints,
    Longs,
    Mask,
    Ragged,
    row_pointers,
)
from pipelines.schema.catalogue import Catalogue
from pipelines.schema.columns import Columns
from pipelines.schema.interactions import Interactions
from pipelines.schema.lists import Candidates, Change, Features, Slate
from pipelines.schema.offers import Offers
from pipelines.schema.queries import Queries
from pipelines.schema.rows import WeightedRows
from pipelines.schema.vocabulary import Vocabulary, hash_of_ids

__all__ = [
    "NEW_USER",
    "NO_ITEM",
    "Candidates",
    "Catalogue",
    "Change",
    "Columns",
    "Doubles",
    "Features",
    "Floats",
    "Interactions",
    "Ints",
    "Longs",
    "Mask",
    "Offers",
    "Queries",
    "Ragged",
    "Slate",
    "Vocabulary",
    "WeightedRows",
    "hash_of_ids",
    "row_pointers",
]
