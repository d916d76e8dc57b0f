"""For whom, and on what, one contender is better than another: docs/slices.md."""

from pipelines.evaluation.slices.stored import Dimension, dimensions_of

__all__ = ["Dimension", "dimensions_of"]
