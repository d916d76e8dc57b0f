"""Charts of a dataset's profile: pure functions from the profile's rows to `alt.Chart`."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components.charts import finish, text
from pipelines.data.profile_sentences import WEEKDAYS


def activity(frame: pd.DataFrame, unit: str) -> Any:
    """Events above, users and new users below, per day, week or month.

    Columns: start (ISO date), events, users, new_users, whole. Incomplete bins are pale above and
    left out below, where they would look like a drop.
    """
    drawn = frame.assign(start=pd.to_datetime(frame["start"]))
    span = [drawn["start"].min().isoformat(), drawn["start"].max().isoformat()]
    x = alt.X(
        "start:T",
        title=None,
        axis=alt.Axis(grid=False, labelOverlap=True),
        scale=alt.Scale(domain=span, padding=8),
    )
    tips = [
        alt.Tooltip("start:T", title=f"{unit} from", format="%-d %b %Y"),
        alt.Tooltip("events:Q", format=","),
        alt.Tooltip("users:Q", title="users", format=","),
        alt.Tooltip("new_users:Q", title="new users", format=","),
    ]
    pale = alt.when(alt.datum.whole).then(alt.value(0.9)).otherwise(alt.value(0.35))
    bars = (
        alt.Chart(drawn)
        .mark_bar(color=look.BLUE, width=max(2, min(14, 480 // len(frame))))
        .encode(x=x, y=_count("events:Q", "events"), opacity=pale, tooltip=tips)
        .properties(height=200, width="container")
    )
    whole = drawn[drawn["whole"]] if drawn["whole"].any() else drawn
    both = ["users", "new users"]
    users = whole.rename(columns={"new_users": "new users"}).melt("start", both, "who", "count")
    legend = alt.Legend(title=None, orient="bottom", symbolType="stroke", symbolSize=300)
    lines = (
        alt.Chart(users)
        .mark_line(strokeWidth=2, point=len(whole) < 3)
        .encode(
            x=x,
            y=_count("count:Q", "users"),
            color=alt.Color(
                "who:N",
                scale=alt.Scale(domain=both, range=[look.ORANGE, look.GREEN]),
                legend=legend,
            ),
            strokeDash=alt.StrokeDash(
                "who:N", scale=alt.Scale(domain=both, range=[[1, 0], [5, 3]]), legend=legend
            ),
        )
        .properties(height=150, width="container")
    )
    both_charts = alt.vconcat(bars, lines, spacing=14)
    return finish(
        both_charts.resolve_scale(color="independent", strokeDash="independent"), height=0
    )


def long_tail(frame: pd.DataFrame) -> Any:
    """The share of events on the most frequent items. Columns: items, events (shares)."""
    even = pd.DataFrame({"items": [0.0, 1.0], "events": [0.0, 1.0]})
    start = pd.concat([even.head(1), frame], ignore_index=True)
    x = alt.X(
        "items:Q", title="share of items, most frequent first",
        axis=alt.Axis(format="%", grid=False, tickCount=5), scale=alt.Scale(domain=[0, 1]),
    )  # fmt: skip
    y = alt.Y(
        "events:Q", title="share of events",
        axis=alt.Axis(format="%", tickCount=5), scale=alt.Scale(domain=[0, 1]),
    )  # fmt: skip
    area = (
        alt.Chart(start)
        .mark_area(color=look.BLUE, opacity=0.25, line={"color": look.BLUE, "strokeWidth": 2})
        .encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("items:Q", title="items", format=".2%"),
                alt.Tooltip("events:Q", title="events", format=".1%"),
            ],
        )
    )
    line = alt.Chart(even).mark_line(color=look.INK, strokeDash=list(look.DASH), opacity=0.6)
    note = pd.DataFrame({"items": [0.62], "events": [0.62], "label": ["even distribution"]})
    label = text(alt.Chart(note), align="left", dx=10, dy=10).encode(x=x, y=y, text="label:N")
    return finish(area + line.encode(x=x, y=y) + label)


def histories(frame: pd.DataFrame) -> Any:
    """Users by number of events. Columns: bin, low, users, share."""
    order = frame.sort_values("low")["bin"].tolist()
    base = alt.Chart(frame.assign(label=[f"{s:.1%}" for s in frame["share"]])).encode(
        x=alt.X("bin:N", sort=order, title="events per user", axis=alt.Axis(labelAngle=0)),
        y=_count("users:Q", "users"),
    )
    few = alt.when(alt.datum.low < 5).then(alt.value(look.ORANGE)).otherwise(alt.value(look.BLUE))
    bars = base.mark_bar().encode(
        color=few,
        tooltip=[
            alt.Tooltip("bin:N", title="events"),
            alt.Tooltip("users:Q", format=","),
            alt.Tooltip("share:Q", title="share", format=".1%"),
        ],
    )
    return finish(bars + text(base, dy=-8, fontSize=12).encode(text="label:N"))


def shares(frame: pd.DataFrame, label: str, title: str) -> Any:
    """A bar for each row with its share. Columns: `label`, share, and any others."""
    drawn = frame.assign(value=[f"{s:.1%}" for s in frame["share"]])
    base = alt.Chart(drawn).encode(
        y=alt.Y(f"{label}:N", sort=drawn[label].tolist(), title=None, axis=alt.Axis(ticks=False)),
        x=alt.X(
            "share:Q", title=title, scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%", tickCount=5, grid=False),
        ),
    )  # fmt: skip
    bars = base.mark_bar(color=look.BLUE, height=16).encode(
        tooltip=[alt.Tooltip(f"{label}:N"), alt.Tooltip("share:Q", format=".1%")]
    )
    # The value is inside a long bar and beside a short one.
    value = base.encode(text="value:N")
    inside = value.transform_filter("datum.share > 0.5").mark_text(
        align="right", dx=-8, color="#FFFFFF", fontSize=13
    )
    beside = text(value.transform_filter("datum.share <= 0.5"), align="left", dx=8)
    return finish(bars + inside + beside, height=max(look.HEIGHT, 28 * len(frame)))


def hours(frame: pd.DataFrame) -> Any:
    """Events by weekday and hour (UTC). Columns: weekday, hour, events."""
    drawn = frame.assign(day=[WEEKDAYS[d] for d in frame["weekday"]])
    return finish(
        alt.Chart(drawn)
        .mark_rect()
        .encode(
            x=alt.X("hour:O", title="hour of the day (UTC)", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("day:N", sort=list(WEEKDAYS), title=None, axis=alt.Axis(ticks=False)),
            # From nearly transparent to opaque: legible in the light and the dark theme.
            opacity=alt.Opacity(
                "events:Q", scale=alt.Scale(range=[0.04, 1]), legend=alt.Legend(title="events")
            ),
            color=alt.value(look.BLUE),
            tooltip=[
                alt.Tooltip("day:N"), alt.Tooltip("hour:O"), alt.Tooltip("events:Q", format=","),
            ],
        )
    )  # fmt: skip


def _count(field: str, title: str) -> alt.Y:
    return alt.Y(field, title=title, axis=alt.Axis(format="~s", tickCount=4))
