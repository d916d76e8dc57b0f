"""Values as JSON and arrays: what a file can hold without holding code.

Reading builds arrays, sparse matrices, numbers, texts, lists, tuples and dicts, and nothing
else: a file names no class and no function.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

DEPTH = 50
"""Levels of lists and dicts within each other, at most."""
_PLAIN = (type(None), bool, int, float, str)
_SPARSE = ("csr_matrix", "csc_matrix", "csr_array", "csc_array")
_KINDS = "biufcSUMm"
"""Numbers, texts of a fixed length and moments."""
FORMS = "arrays, sparse matrices (CSR, CSC), numbers, texts, lists, tuples and dicts"


class Unstorable(TypeError):
    """A value that has none of these forms; `where` is its place (`model_["tree"][0]`)."""

    def __init__(self, where: str, value: object) -> None:
        kind = type(value)
        module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
        self.where, self.what = where, module + kind.__qualname__
        super().__init__(f"{where} is of type {self.what}; only {FORMS} can be stored")


def encoded(value: object, where: str = "the value") -> tuple[Any, list[np.ndarray]]:
    """A value as a JSON value, and the arrays that it refers to by number.

    Errors: `Unstorable`.
    """
    writer = _Writer()
    return writer.put(value, where, 0), writer.arrays


def decoded(document: Any, arrays: Sequence[np.ndarray]) -> Any:
    """What was `encoded`; a `ValueError`, `TypeError` or `LookupError` where that cannot be."""
    if isinstance(document, _PLAIN):
        return document
    if isinstance(document, list):
        return [decoded(part, arrays) for part in document]
    ((tag, content),) = document.items()
    return _READERS[tag](content, arrays)


class _Writer:
    def __init__(self) -> None:
        self.arrays: list[np.ndarray] = []
        self._numbers: dict[int, int] = {}
        """Of an array that was met before, by identity: `arrays` keeps it alive."""

    def put(self, value: Any, where: str, depth: int) -> Any:
        if type(value) in _PLAIN:
            return value
        if depth > DEPTH:
            raise Unstorable(where, value)
        if isinstance(value, np.generic):
            return {"number": self._array(np.asarray(value), where)}
        if isinstance(value, np.ndarray):
            return self._of_array(value, where)
        if isinstance(value, bytes):
            return {"bytes": self._array(np.frombuffer(value, np.uint8), where)}
        if type(value) is list or type(value) is tuple:
            parts = [self.put(part, f"{where}[{n}]", depth + 1) for n, part in enumerate(value)]
            return parts if type(value) is list else {"tuple": parts}
        if type(value) is dict:
            return {"dict": [self._pair(*pair, where, depth + 1) for pair in value.items()]}
        return self._of_matrix(value, where)

    def _pair(self, key: Any, value: Any, where: str, depth: int) -> list[Any]:
        if type(key) not in _PLAIN:
            raise Unstorable(f"a key of {where}", key)
        return [key, self.put(value, f"{where}[{key!r}]", depth)]

    def _of_array(self, value: np.ndarray, where: str) -> Any:
        if value.dtype != object:
            return {"array": self._array(value, where)}
        flat = value.ravel().tolist()
        for one in flat:
            if type(one) not in _PLAIN:
                raise Unstorable(f"an element of {where}", one)
        text = np.frombuffer(json.dumps(flat).encode(), np.uint8)
        return {"objects": [list(value.shape), self._array(text, where)]}

    def _of_matrix(self, value: Any, where: str) -> Any:
        kind = type(value)
        if kind.__name__ not in _SPARSE or not kind.__module__.startswith("scipy.sparse"):
            raise Unstorable(where, value)
        parts = (value.data, value.indices, value.indptr)
        numbers = [self._array(part, where) for part in parts]
        return {"sparse": [kind.__name__, list(map(int, value.shape)), *numbers]}

    def _array(self, value: np.ndarray, where: str) -> int:
        if value.dtype.kind not in _KINDS or isinstance(value, np.ma.MaskedArray | np.matrix):
            raise Unstorable(where, value)
        found = self._numbers.get(id(value))
        if found is None:
            found = self._numbers[id(value)] = len(self.arrays)
            self.arrays.append(value)
        return found


def _objects(content: Any, arrays: Sequence[np.ndarray]) -> np.ndarray:
    shape, number = content
    found = json.loads(str(arrays[number].data, "ascii"))
    if len(found) != prod(shape) or not set(map(type, found)) <= {*_PLAIN}:
        raise ValueError("an array of texts does not have its shape")
    return np.fromiter(found, object, len(found)).reshape(shape)


def _sparse(content: Any, arrays: Sequence[np.ndarray]) -> Any:
    import scipy.sparse as sp

    name, shape, *numbers = content
    if name not in _SPARSE:
        raise ValueError(f"there is no matrix of type {name}")
    data, indices, indptr = (arrays[number] for number in numbers)
    if {indices.dtype.kind, indptr.dtype.kind} != {"i"}:
        raise ValueError("a matrix has places that are not whole numbers")
    # The constructor would read all indices, to see whether a narrower type holds them.
    matrix = getattr(sp, name)(tuple(shape), dtype=data.dtype)
    matrix.data, matrix.indices, matrix.indptr = data, indices, indptr
    matrix.check_format(full_check=False)
    return matrix


_READERS: dict[str, Any] = {
    "array": lambda number, arrays: arrays[number],
    "number": lambda number, arrays: arrays[number][()],
    "bytes": lambda number, arrays: arrays[number].tobytes(),
    "tuple": lambda parts, arrays: tuple(decoded(part, arrays) for part in parts),
    "dict": lambda pairs, arrays: {key: decoded(value, arrays) for key, value in pairs},
    "objects": _objects,
    "sparse": _sparse,
}
