"""Loading compiled kernels ahead of their first call."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from typing import Any

log = logging.getLogger(__name__)


def load_all(package: str = "pipelines") -> int:
    """Load what numba's cache on disk holds of the kernels in loaded modules; how many.

    Nothing is compiled and nothing is run. The first kernel of a process takes most of a second
    to load and each other one about 20 ms. numba names the cached signatures nowhere in its
    public interface: where a later version keeps them elsewhere, kernels load at their first call.
    """
    loaded = 0
    try:
        for kernel in _kernels(package):
            for signature in _cached(kernel):
                kernel.compile(signature)
                loaded += 1
    except Exception:
        log.exception("compiled kernels cannot be loaded ahead of their first call")
    return loaded


def _kernels(package: str) -> Iterator[Any]:
    from numba.core.dispatcher import Dispatcher

    modules = [m for name, m in list(sys.modules.items()) if name.startswith(f"{package}.")]
    found = (value for module in modules for value in list(vars(module).values()))
    yield from {id(value): value for value in found if isinstance(value, Dispatcher)}.values()


def _cached(kernel: Any) -> list[Any]:
    """The signatures that the disk holds for this kernel as it is written now, on this machine."""
    cache = kernel._cache
    if not hasattr(cache, "_cache_file"):  # not compiled with cache=True
        return []
    index = cache._cache_file._load_index()
    codegen = kernel.targetctx.codegen()
    return [sig for sig, *_ in index if cache._index_key(sig, codegen) in index]
