"""Converts events to Surprise's training data, and its fitted factors to arrays.

Does not import Surprise: the two stages that use it do.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.errors import AssayError
from pipelines.schema import Floats, Ints, sound


def trainset_parts(user: Ints, item: Ints, rating: Floats) -> dict[str, Any]:
    """What `surprise.Trainset` is made from: codes (n,) and ratings (n,), each event a rating.

    Its inner numbers are the ranks of the codes that occur; `AssayError` where all ratings
    are the same, since there is then nothing to predict.
    """
    if len(rating) == 0 or rating.min() == rating.max():
        raise AssayError(
            "Surprise's SVD predicts ratings, and here all weights are the same; "
            "map a column of ratings as the weight, or use als or ease."
        )
    users, inner_user = np.unique(user, return_inverse=True)
    items, inner_item = np.unique(item, return_inverse=True)
    by_user: dict[int, list[tuple[int, float]]] = defaultdict(list)
    by_item: dict[int, list[tuple[int, float]]] = defaultdict(list)
    columns = (inner_user.tolist(), inner_item.tolist(), rating.astype(np.float64).tolist())
    for u, i, r in zip(*columns, strict=True):
        by_user[u].append((i, r))
        by_item[i].append((u, r))
    return {
        "ur": by_user,
        "ir": by_item,
        "n_users": len(users),
        "n_items": len(items),
        "n_ratings": len(rating),
        "rating_scale": (float(rating.min()), float(rating.max())),
        "raw2inner_id_users": {u: n for n, u in enumerate(users.tolist())},
        "raw2inner_id_items": {i: n for n, i in enumerate(items.tolist())},
    }


@dataclass(frozen=True)
class RatingFactors:
    """A biased factor model by code, zeros where a code was not in the ratings.

    `user_bias` (n_users + 1,), `users` (n_users + 1, f), `item_bias` (n_items,), `items`
    (n_items, f), all float32. The last user is nobody: bias and factors 0.
    """

    mean: np.float32
    user_bias: Floats
    users: Floats
    item_bias: Floats
    items: Floats

    @staticmethod
    def of(svd: Any, parts: dict[str, Any], n_users: int, n_items: int) -> RatingFactors:
        """Copied from a fitted `surprise.SVD`; codes of users from n_users on are dropped."""

        def spread(values: Any, codes: dict[int, int], size: int) -> Floats:
            values = np.asarray(values, np.float32)
            out = np.zeros((size, *values.shape[1:]), np.float32)
            code = np.fromiter(codes, np.int64, len(codes))
            inside = code < size
            out[code[inside]] = values[inside]
            return out

        users, items = parts["raw2inner_id_users"], parts["raw2inner_id_items"]
        bias, factors = spread(svd.bu, users, n_users), spread(svd.pu, users, n_users)
        return RatingFactors(
            np.float32(svd.trainset.global_mean),
            np.append(bias, np.float32(0)),
            np.vstack([factors, np.zeros((1, factors.shape[1]), np.float32)]),
            spread(svd.bi, items, n_items),
            spread(svd.qi, items, n_items),
        )

    def check(self, n_items: int) -> None:
        """Raise `ValueError` where it cannot be of `n_items` items."""
        sound.shaped("items", self.items, np.float32, n_items, None)
        sound.shaped("item_bias", self.item_bias, np.float32, n_items)
        sound.shaped("user_bias", self.user_bias, np.float32, None)
        shape = (len(self.user_bias), self.items.shape[1])
        sound.shaped("users", self.users, np.float32, *shape)
        sound.shaped("mean", np.asarray(self.mean), np.float32)
        if not len(self.user_bias):
            raise ValueError("user_bias lacks the row of nobody")

    def rows(self, user: Ints) -> Ints:
        """Row numbers (n,) for user codes, unknown ones to the row of nobody."""
        nobody = len(self.user_bias) - 1
        return np.where((user >= 0) & (user < nobody), user, nobody).astype(np.int32)
