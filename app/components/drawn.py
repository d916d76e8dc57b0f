"""A chart as the browser gets it, made once for everybody who sees the same.

Making a chart takes Altair and Arrow some 20 ms, and all people who look at one page see the same
charts. What is kept is named by the function and by all that it was called with, so that another
value, title or color is another chart: nothing here can be out of date.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
from streamlit import dataframe_util

from app.components import charts
from pipelines.economics.formats import sign

MOST_BYTES = 8_000_000
"""Of all charts that are kept, in all; the ones used last stay."""


@dataclass(frozen=True)
class Sent:
    """A Vega-Lite specification as JSON, and the tables that it names."""

    spec: str
    tables: dict[str, pa.Table]

    @property
    def size(self) -> int:
        """Bytes of both."""
        return len(self.spec) + sum(table.nbytes for table in self.tables.values())

    def whole(self) -> dict[str, Any]:
        """The specification with the tables as its datasets."""
        return {**json.loads(self.spec), "datasets": self.tables}


class Drawn:
    """The chart that a function draws of some values; `chart` is it, `sent` is kept."""

    def __init__(self, draw: Callable[..., Any], *args: Any, **named: Any) -> None:
        self._draw, self._args, self._named = draw, args, named

    @property
    def chart(self) -> Any:
        """The chart itself, drawn now."""
        return self._draw(*self._args, **self._named)

    def to_dict(self, validate: bool = False) -> dict[str, Any]:
        """Its specification with the data's rows in it, for files."""
        chart = self.chart
        with charts.alone:
            spec: dict[str, Any] = chart.to_dict(validate=validate)
        return spec

    @property
    def sent(self) -> dict[str, Any]:
        """Its specification for `st.vega_lite_chart`, with its data as Arrow tables."""
        key = _key((self._draw, self._args, self._named, sign()))
        found = _kept.get(key)
        if found is None:
            found = _kept.put(key, _sent(self.chart))
        return found.whole()


def _sent(chart: Any) -> Sent:
    tables: dict[str, pa.Table] = {}

    def named(data: Any) -> dict[str, str]:
        stream = dataframe_util.convert_anything_to_arrow_bytes(data)
        name = hashlib.blake2b(stream, digest_size=16).hexdigest()
        tables[name] = pa.ipc.open_stream(stream).read_all()
        return {"name": name}

    alt.data_transformers.register("assay", named)
    with charts.alone, alt.theme.enable("none"), alt.data_transformers.enable("assay"):
        spec: dict[str, Any] = chart.to_dict(validate=False)  # the tests do, see `charts`
    return Sent(json.dumps(spec), tables)


class _Recent:
    """The charts used last, at most `MOST_BYTES` of them; shared by all sessions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._charts: OrderedDict[str, Sent] = OrderedDict()
        self.bytes = 0

    def get(self, key: str) -> Sent | None:
        with self._lock:
            found = self._charts.get(key)
            if found is not None:
                self._charts.move_to_end(key)
            return found

    def put(self, key: str, made: Sent) -> Sent:
        """`made`, or what another thread put there meanwhile."""
        with self._lock:
            there = self._charts.setdefault(key, made)
            if there is made:
                self.bytes += made.size
            while self.bytes > MOST_BYTES and len(self._charts) > 1:
                self.bytes -= self._charts.popitem(last=False)[1].size
            return there

    def __len__(self) -> int:
        return len(self._charts)


_kept = _Recent()


def _key(value: Any) -> str:
    """A hash of all that a chart is drawn from; a `TypeError` for what cannot be told apart."""
    return hashlib.blake2b(repr(_told(value)).encode(), digest_size=16).hexdigest()


def _told(value: Any) -> Any:
    """A value as nested tuples of plain values, equal only for equal values."""
    if value is None or isinstance(value, str | int | float | bool | pd.Timestamp):
        return (type(value).__name__, str(value) if isinstance(value, str) else repr(value))
    if isinstance(value, pd.DataFrame):
        columns = [(name, _told(value[name])) for name in value]
        return ("frame", columns)
    if isinstance(value, pd.RangeIndex):
        return repr(value)
    if isinstance(value, pd.Series | pd.Index):
        where = _told(value.index) if isinstance(value, pd.Series) else ()
        return (str(value.dtype), value.name, value.to_numpy(object).tolist(), where)
    if isinstance(value, np.ndarray | np.generic):
        plain = value.dtype != object
        return (str(value.dtype), value.shape, value.tobytes() if plain else value.tolist())
    if isinstance(value, Mapping):
        return ("mapping", [(_told(name), _told(one)) for name, one in value.items()])
    if isinstance(value, list | tuple | set | frozenset):
        parts = [_told(one) for one in value]
        return (type(value).__name__, parts if isinstance(value, list | tuple) else sorted(parts))
    if is_dataclass(value) and not isinstance(value, type):
        parts = [(field.name, _told(getattr(value, field.name))) for field in fields(value)]
        return (type(value).__qualname__, parts)
    if callable(value) and getattr(value, "__closure__", 0) is None:
        return (value.__module__, value.__qualname__)
    raise TypeError(f"a chart drawn from a {type(value).__name__} cannot be told from another one")
