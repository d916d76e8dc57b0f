"""Row-independent array work that stages share.

Everything here gives a row the same answer, to the bit, whether it is asked alone or among
thousands: batch evaluation, the app and a service agree because of it.
"""

from pipelines.stages.kernels.factor_scan import FactorScan
from pipelines.stages.kernels.histories import answer_only, knows_history, recency_weights
from pipelines.stages.kernels.order import best_columns, drop_from_slate, order_within
from pipelines.stages.kernels.products import (
    top_k_of_dense_product,
    top_k_of_product,
)
from pipelines.stages.kernels.ranking import Ranking
from pipelines.stages.kernels.scratch import zeros
from pipelines.stages.kernels.top_k import top_k, top_k_by_blocks

__all__ = [
    "FactorScan",
    "Ranking",
    "answer_only",
    "best_columns",
    "drop_from_slate",
    "knows_history",
    "order_within",
    "recency_weights",
    "top_k",
    "top_k_by_blocks",
    "top_k_of_dense_product",
    "top_k_of_product",
    "zeros",
]
