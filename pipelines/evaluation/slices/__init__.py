"""Compare contenders within slices of users and items: docs/slices.md."""

from pipelines.evaluation.slices.stored import Dimension, dimensions_of

__all__ = ["Dimension", "dimensions_of"]
