"""The leading singular vectors of a matrix of events, where matrix factorization starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.schema import Floats

if TYPE_CHECKING:
    import scipy.sparse as sp

SPARE = 64
"""Vectors beyond those asked for; the more, the fewer passes until the first ones are settled."""
PASSES = 6
BLOCK = 1 << 16
"""Rows multiplied at once in float64: 64 MB with 128 columns."""


def leading_factors(
    matrix: sp.csr_matrix, factors: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Factors of the rows (n, f) and columns (m, f) float32: the best product of rank f, nearly.

    Each is a singular vector times the root of its singular value; those that the matrix does
    not have are 0. `rng` draws the vectors that the search starts from: after `PASSES` the
    product hardly depends on them. Subspace iteration, Halko, Martinsson, Tropp 2011,
    https://doi.org/10.1137/090771806. Memory: (n + m) * (f + `SPARE`) float32.
    """
    width = min(factors + SPARE, *matrix.shape)
    back = matrix.T.tocsr()
    basis = rng.standard_normal((matrix.shape[1], width), dtype=np.float32)
    for _ in range(PASSES):
        basis = _orthonormal(back @ (matrix @ basis))
    seen = matrix @ basis
    squares, turn = np.linalg.eigh((seen.T @ seen).astype(np.float64))
    most = slice(None, -min(factors, width) - 1, -1)
    sizes = np.sqrt(np.maximum(squares[most], 0))
    turned = turn[:, most].astype(np.float32)
    there = sizes > 1e-5 * sizes.max(initial=0)
    root = np.sqrt(np.where(there, sizes, 1)).astype(np.float32)
    rows = np.zeros((matrix.shape[0], factors), np.float32)
    columns = np.zeros((matrix.shape[1], factors), np.float32)
    rows[:, : len(root)] = np.where(there, seen @ turned / root, 0)
    columns[:, : len(root)] = np.where(there, basis @ turned * root, 0)
    return rows, columns


def _orthonormal(vectors: Floats) -> Floats:
    """Orthonormal vectors (m, f) float32 with the same span; 0 for those that depend on others.

    By the eigenvectors of their products with each other, in float64: for many rows and few
    columns that takes a fourth of a QR decomposition.
    """
    products = np.zeros((vectors.shape[1], vectors.shape[1]))
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK].astype(np.float64)
        products += block.T @ block
    squares, turn = np.linalg.eigh(products)
    there = squares > 1e-12 * squares.max(initial=0)
    turn = np.where(there, turn / np.sqrt(np.where(there, squares, 1)), 0)
    return vectors @ turn.astype(np.float32)
