"""What compiled kernels rely on: they read where an array tells them to, without a look at it.

Each function looks once through what came from a file, and raises `ValueError` where a kernel
could read outside of an array.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def shaped(what: str, value: Any, kind: npt.DTypeLike, *shape: int | None) -> None:
    """An array of this dtype and shape; None is any length."""
    if not isinstance(value, np.ndarray) or value.dtype != np.dtype(kind):
        raise ValueError(f"{what} is not an array of {np.dtype(kind)}")
    given = value.shape
    fits = len(given) == len(shape)
    if not fits or any(b is not None and a != b for a, b in zip(given, shape, strict=True)):
        raise ValueError(f"{what} has the shape {given}")


def codes(what: str, value: Any, below: int, *, length: int | None = None, least: int = 0) -> None:
    """Whole numbers (n,) from `least` to below `below`."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "i" or value.ndim != 1:
        raise ValueError(f"{what} is not a row of whole numbers")
    if length is not None and len(value) != length:
        raise ValueError(f"{what} has {len(value)} numbers instead of {length}")
    if len(value) and (value.min() < least or value.max() >= below):
        raise ValueError(f"{what} has numbers outside of {least} to {below - 1}")


def pointers(what: str, value: Any, rows: int | None, length: int) -> None:
    """Row pointers (rows + 1,) that rise from 0 to `length`."""
    codes(what, value, length + 1, length=None if rows is None else rows + 1)
    if not len(value) or value[0] != 0 or value[-1] != length or (value[1:] < value[:-1]).any():
        raise ValueError(f"{what} does not rise from 0 to {length}")


def rows(what: str, value: Any, n_rows: int, n_columns: int, kind: npt.DTypeLike) -> None:
    """A sparse matrix by rows (CSR), its columns within `n_columns`."""
    if getattr(value, "format", "") != "csr" or value.shape != (n_rows, n_columns):
        raise ValueError(f"{what} is not a matrix of {n_rows} × {n_columns} by rows")
    shaped(what, value.data, kind, None)
    codes(what, value.indices, n_columns, length=len(value.data))
    pointers(what, value.indptr, n_rows, len(value.data))
