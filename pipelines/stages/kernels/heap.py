"""A bounded heap of (score, item): its root is the worst item kept, ties go to the lower code."""

from __future__ import annotations

import numba


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def worse(score_a: float, item_a: int, score_b: float, item_b: int) -> bool:
    """Whether a comes after b in the order by (-score, item code)."""
    return score_a < score_b or (score_a == score_b and item_a > item_b)


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def sift_down(heap_s, heap_i, size, s, j):  # type: ignore[no-untyped-def]
    """Put (s, j) in the root's place, in a heap of `size`."""
    c = 0
    while True:
        child = 2 * c + 1
        if child >= size:
            break
        if child + 1 < size and worse(
            heap_s[child + 1], heap_i[child + 1], heap_s[child], heap_i[child]
        ):
            child += 1
        if not worse(heap_s[child], heap_i[child], s, j):
            break
        heap_s[c] = heap_s[child]
        heap_i[c] = heap_i[child]
        c = child
    heap_s[c] = s
    heap_i[c] = j


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def offer(heap_s, heap_i, size, s, j):  # type: ignore[no-untyped-def]
    """Keep (s, j) if it is among the best so far, `len(heap_s)` at most; the new size."""
    if size < len(heap_s):
        c = size
        while c > 0:
            parent = (c - 1) // 2
            if not worse(s, j, heap_s[parent], heap_i[parent]):
                break
            heap_s[c] = heap_s[parent]
            heap_i[c] = heap_i[parent]
            c = parent
        heap_s[c] = s
        heap_i[c] = j
        return size + 1
    if size > 0 and worse(heap_s[0], heap_i[0], s, j):
        sift_down(heap_s, heap_i, size, s, j)
    return size


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def drain(heap_s, heap_i, size, items_out, scores_out):  # type: ignore[no-untyped-def]
    """Write what is kept, best first; the root is the worst, so from the end."""
    for place in range(size - 1, -1, -1):
        items_out[place] = heap_i[0]
        scores_out[place] = heap_s[0]
        if place > 0:
            sift_down(heap_s, heap_i, place, heap_s[place], heap_i[place])
