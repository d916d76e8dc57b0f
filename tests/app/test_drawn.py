"""Charts that are made once for all sessions: equal for equal values, and for no others."""

from __future__ import annotations

import gc
import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app import collector, look
from app.collector import install
from app.components import drawn
from app.components.drawn import Drawn
from app.components.steps import chart, plan
from app.components.toolbar import blank
from pipelines.economics.formats import in_currency
from pipelines.workspace import Workspace
from tests.app.conftest import document, page_opened

FRAME = pd.DataFrame({"contender": ["a", "b"], "value": [0.25, 0.5]})
STYLES = look.styles([("a", "built"), ("b", "baseline")])


def told(*args):
    return drawn._key(args)


def test_a_chart_of_equal_values_is_made_once(monkeypatch):
    made = []
    monkeypatch.setattr(drawn, "_sent", lambda c: made.append(c) or drawn.Sent("{}", {}))
    monkeypatch.setattr(drawn, "_kept", drawn._Recent())
    for step in ("Build", "Build", "Compare", "Build"):
        assert Drawn(chart, plan(step)).sent == {"datasets": {}}
    assert len(made) == 2
    with in_currency("EUR"):
        assert Drawn(chart, plan("Build")).sent
    assert len(made) == 3


@pytest.mark.parametrize(
    "other",
    [
        FRAME.assign(value=[0.25, 0.5000000001]),
        FRAME.assign(value=[0.25, np.nan]),
        FRAME.assign(contender=["a", "c"]),
        FRAME.rename(columns={"value": "low"}),
        FRAME.iloc[::-1],
        FRAME.astype({"value": np.float32}),
        FRAME[["value", "contender"]],
    ],
)
def test_another_frame_is_another_chart(other):
    assert told(FRAME) == told(FRAME.copy())
    assert told(other) != told(FRAME)


def test_other_values_are_other_charts():
    color = {**STYLES, "a": replace(STYLES["a"], color="#000000")}
    different = [
        None, "", "1", 1, 1.0, True, [1], (1,), {"1": 1}, {"1": 1.0}, {1}, STYLES, color,
        np.arange(2), np.arange(2, dtype=np.int32), np.float32(1), chart, plan, {"b": 1, "a": 1},
        {"a": 1, "b": 1},
    ]  # fmt: skip
    keys = [told(value) for value in different]
    assert len(set(keys)) == len(keys)
    assert told(STYLES) == told(look.styles([("a", "built"), ("b", "baseline")]))
    for unknown in (object(), lambda: different, [object()]):
        with pytest.raises(TypeError, match="cannot be told from another"):
            told(unknown)


def test_what_is_kept_has_a_bound(monkeypatch):
    kept = drawn._Recent()
    monkeypatch.setattr(drawn, "_kept", kept)
    monkeypatch.setattr(drawn, "MOST_BYTES", 3 * drawn._sent(blank("0").chart).size)
    for what in map(str, range(9)):
        assert Drawn(blank(what)._draw, what).sent["datasets"]
    assert len(kept) <= 3 and kept.bytes <= drawn.MOST_BYTES
    assert kept.bytes == sum(one.size for one in kept._charts.values())


def test_a_file_has_the_rows_and_the_browser_gets_tables_also_side_by_side():
    wrong = []

    def work():
        for _ in range(10):
            rows = next(iter(blank("it").to_dict()["datasets"].values()))
            sent = drawn._sent(blank("it").chart).whole()
            if rows[0]["label"] != "This chart will show it." or not all(
                hasattr(table, "num_rows") for table in sent["datasets"].values()
            ):
                wrong.append(rows)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def text(app):
    return " ".join(str(e.value) for e in [*app.title, *app.caption, *app.markdown])


def test_a_switch_shows_what_another_window_changed(filled):
    first = page_opened("compare")
    assert "bbbb" in first.selectbox(key="bakeoff").value
    other = Workspace.open(filled.home)
    other.save_bakeoff(document("20261122-1000-cccc"), dataset_version=1)
    assert any("cccc" in option for option in first.run().selectbox(key="bakeoff").options)
    changed = other.bakeoff("20261121-1000-bbbb")
    renamed = [c.model_copy(update={"title": f"{c.title} anew"}) for c in changed.contenders]
    other.save_bakeoff(changed.model_copy(update={"contenders": renamed}), dataset_version=1)
    assert "anew" not in text(first)
    assert "anew" in text(first.run())
    other.delete_dataset("shop")
    assert not first.run().exception
    assert "shop" not in [o for box in first.selectbox for o in box.options]


def test_what_stays_is_set_aside_after_a_long_collection(monkeypatch):
    one = collector.Collector()
    frozen = []
    monkeypatch.setattr(collector.gc, "freeze", lambda: frozen.append("freeze"))
    monkeypatch.setattr(collector.gc, "unfreeze", lambda: frozen.append("unfreeze"))
    monkeypatch.setattr(collector, "ALL_AGAIN", 2)
    monkeypatch.setattr(collector, "LONG_SECONDS", 1e9)
    for generation in (0, 1, 2):
        one("start", {"generation": generation})
        one("stop", {"generation": generation})
    assert frozen == []
    monkeypatch.setattr(collector, "LONG_SECONDS", -1.0)
    one("start", {"generation": 2})
    one("stop", {"generation": 2})
    assert frozen == ["unfreeze", "freeze"]


def test_the_collector_is_there_once():
    before = list(gc.callbacks)
    try:
        install()
        install()
        assert sum(isinstance(c, collector.Collector) for c in gc.callbacks) == 1
    finally:
        gc.callbacks[:] = before
