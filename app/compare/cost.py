"""Quality against time and cost: who is unbeaten, and which is the cheapest that passes."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import look
from app.compare import cost_charts as pictures
from app.compare import tools, waterfall
from app.compare.cost_charts import COST, TIME
from app.components import charts, page, tables, toolbar
from app.components.comparison import Words, comparisons, useful_share
from app.components.comparison_charts import FLOOR, titled_styles, titles, without_floor
from pipelines.economics.options import (
    Option,
    best_passing,
    cheapest_passing,
    options,
    unbeaten,
)
from pipelines.errors import AssayError
from pipelines.evaluation.comparison.comparison import toward
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, Comparison
from pipelines.prices.pricebook import PriceBook
from pipelines.statistics.interval import Interval

REQUESTS = {"100000": "100 k", "1000000": "1 M", "10000000": "10 M", "100000000": "100 M"}


def section(document: BakeoffDocument) -> Words:
    """Quality against the time of a request and the cost of 1,000, then what each step adds."""
    with tools.row():
        metric = tools.metric_and_length(document, only_higher=True)
        requests = toolbar.choice(
            "Requests a month",
            list(REQUESTS),
            key="compare_requests",
            default="1000000",
            format_func=REQUESTS.__getitem__,
        )
    tools.about_metric(document, metric)
    found = options(document, metric, float(requests), PriceBook())
    best = best_passing(found)
    why = ""
    try:
        against = [] if best is None else comparisons(document, metric, best.name)
        cheapest = cheapest_of(found, best, against)
    except AssayError as error:  # values per person are not kept: the pictures need none
        cheapest, why = None, str(error)
    _pictures(document, found, metric, cheapest)
    if why:
        st.info(page.plain(f"The cheapest passing option is not marked: {why}"))
    lines = explained(document, found, metric, best, cheapest, requests)
    st.caption("\n".join(f"- {page.plain(line)}" for line in lines))
    _steps(document)
    return Words(sentence(document, found, best, cheapest, requests))


def cheapest_of(
    found: list[Option], best: Option | None, against: list[Comparison]
) -> Option | None:
    """The cheapest that passes; `against` are all comparisons with the best that does."""
    if best is None:
        return None
    near = {c.contender for c in against if _as_good(c, best.sign)}
    return cheapest_passing(found, near | {best.name})


def _as_good(found: Comparison, sign: int) -> bool:
    """Whether the whole interval says that it is not worse by more than is useful."""
    interval = Interval(value=found.difference, low=found.low, high=found.high)
    return toward(sign, interval).low >= -found.smallest_useful


def sentence(
    document: BakeoffDocument,
    found: list[Option],
    best: Option | None,
    cheapest: Option | None,
    requests: str,
) -> str:
    """Which is the cheapest that passes, at what cost."""
    named = titles(document)
    if best is None:
        return "No contender passes: none is both priced and within the budget."
    at = f"at {REQUESTS[requests]} requests a month"
    if cheapest is None:
        return f"{named[best.name]} is the best that is priced and within the budget, {at}."
    cost = f"${tables.digits(cheapest.usd_per_1000)} per 1,000 requests {at}"
    if cheapest == best:
        if any(o.passes and (o.usd_per_1000 or 0) < (best.usd_per_1000 or 0) for o in found):
            return (
                f"{named[best.name]} is the best that passes, and nothing cheaper is shown to be "
                f"as good: {cost}."
            )
        return f"{named[best.name]} is both the best and the cheapest that passes: {cost}."
    return (
        f"{named[cheapest.name]} is the cheapest that passes: {cost}, and not worse than "
        f"{named[best.name]} by more than is useful."
    )


def _pictures(
    document: BakeoffDocument, found: list[Option], metric: str, cheapest: Option | None
) -> None:
    frame, floor = without_floor(
        pictures.options_frame(document, found, metric), titles(document), "value"
    )
    ring = "" if cheapest is None else titles(document)[cheapest.name]
    budget = document.manifest.get("budget") or {}
    sides = ((TIME, budget.get("p95_ms")), (COST, budget.get("cost_per_1000")))
    with tools.side_by_side():
        for column, (axis, limit) in zip(st.columns(2, gap="medium"), sides, strict=True):
            there = pictures.on_axis(frame, axis, metric)
            with column:
                if there.empty:
                    what = "the cost of 1,000 requests" if axis is COST else "the time of a request"
                    page.picture(
                        toolbar.blank(f"quality against {what}"),
                        f"An empty picture: {what} is not known of any contender.",
                        key=f"compare_{axis.field}",
                    )
                    continue
                styles = titled_styles(document)
                page.picture(
                    pictures.quality(there, styles, metric, axis, limit=limit, ring=ring),
                    pictures.quality_alt(there, metric, axis, ring),
                    there,
                    key=f"compare_{axis.field}",
                )
    if floor:
        st.caption(page.plain(floor))


def explained(
    document: BakeoffDocument,
    found: list[Option],
    metric: str,
    best: Option | None,
    cheapest: Option | None,
    requests: str,
) -> list[str]:
    """How the costs are reckoned and what passing means."""
    named = titles(document)
    front = charts.names(named[o] for o in unbeaten([o for o in found if o.name != FLOOR]))
    free = charts.names(named[o.name] for o in found if o.usd_per_1000 is None)
    lines = ["The grey line joins those that nobody beats in both of a picture's figures."]
    if front:
        lines[0] += f" Unbeaten in quality, time and cost together: {front}."
    if best is not None and cheapest is not None:
        lines.append(
            "Circled is the cheapest that passes: priced, within the budget, no stand-in, and "
            f"shown not to be below {named[best.name]}, the best of these, by more than "
            f"{100 * useful_share(document):.3g} % in {label(metric)} (the whole interval of the "
            "paired difference says so)."
        )
    lines.append(
        f"Cost of what is built here: servers for {REQUESTS[requests]} requests a month as timed, "
        "two at least, and a daily fit. Of a third party: its calls as metered, without fees for "
        "idle hours. People's work is in neither; it is under Decide."
    )
    if free:
        lines.append(f"Not priced: {free}.")
    return lines


def _steps(document: BakeoffDocument) -> None:
    """What each step of one contender adds, in quality and in time."""
    staged = [c for c in document.contenders if c.waterfall]
    if not staged:
        return
    longest = max(staged, key=lambda c: len(c.waterfall))
    st.subheader("What each step adds", anchor=False)
    name = tools.contender(
        document,
        "Contender",
        [c.name for c in staged],
        key="compare_steps",
        default=longest.name,
    )
    steps = next(c.waterfall for c in staged if c.name == name)
    frame: pd.DataFrame = waterfall.waterfall_frame(steps)
    page.picture(
        waterfall.waterfall(frame, look.styles_of(document)[name].color),
        waterfall.waterfall_alt(frame, titles(document)[name]),
        frame,
        key="compare_waterfall",
    )
