"""The view of quality against latency and cost: the Pareto front, the cheapest passing option."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import look
from app.compare import cost_charts, interval_charts, tools, waterfall
from app.compare.comparisons import comparisons, useful_share
from app.compare.cost_charts import COST, TIME, Axis
from app.compare.heading import Heading
from app.compare.interval_charts import FLOOR, without_floor
from app.components import charts, page, tables, toolbar
from app.components.drawn import Drawn
from app.look import Style
from pipelines.economics.options import (
    Option,
    best_passing,
    cheapest_passing,
    options,
    price_line,
    unbeaten,
)
from pipelines.errors import AssayError
from pipelines.evaluation.comparison.comparison import toward
from pipelines.evaluation.comparison.ranking import better_sign
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results.document import BakeoffDocument, Comparison, titles_of
from pipelines.prices import wording
from pipelines.prices.pricebook import PriceBook
from pipelines.statistics.interval import Interval

REQUESTS = {"100000": "100 k", "1000000": "1 M", "10000000": "10 M", "100000000": "100 M"}


def section(document: BakeoffDocument) -> Heading:
    """Quality against latency and cost, then what each stage of a pipeline adds."""
    with tools.row():
        metric = tools.metric_and_length(document, only_higher=True)
        requests = toolbar.choice(
            "Requests per month",
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
    except AssayError as error:  # there are no per-user values; the charts need none
        cheapest, why = None, str(error)
    _charts(document, found, metric, cheapest)
    if why:
        st.info(page.plain(f"The cheapest passing option is not marked: {why}"))
    lines = explanation(document, found, metric, best, cheapest, requests)
    st.caption("\n".join(f"- {page.plain(line)}" for line in lines))
    _steps(document)
    return Heading(sentence(document, found, best, cheapest, requests))


def cheapest_of(
    found: list[Option], best: Option | None, against: list[Comparison]
) -> Option | None:
    """The cheapest passing option; `against` are all comparisons with the best passing option."""
    if best is None:
        return None
    as_good = {c.contender for c in against if _as_good(c, best.sign)}
    cheapest = cheapest_passing(found, as_good | {best.name})
    return cheapest if cheapest is not None and _cheaper(cheapest, best) else best


def _cheaper(option: Option, than: Option) -> bool:
    """Whether its cost is lower and not the same to three digits, as the chart draws it."""
    return (option.usd_per_1000 or 0) * (1 + cost_charts.SAME) < (than.usd_per_1000 or 0)


def _as_good(found: Comparison, sign: int) -> bool:
    """Whether the whole interval is above minus the smallest useful difference."""
    interval = Interval(value=found.difference, low=found.low, high=found.high)
    return toward(sign, interval).low >= -found.smallest_useful


def sentence(
    document: BakeoffDocument,
    found: list[Option],
    best: Option | None,
    cheapest: Option | None,
    requests: str,
) -> str:
    """The cheapest passing option and its cost."""
    titles = titles_of(document.contenders)
    if best is None:
        return "No contender passes: none has a price and is within the budget."
    at = f"at {REQUESTS[requests]} requests per month"
    if cheapest is None:
        return f"{titles[best.name]} is the best option that is priced and within the budget {at}."
    cost = f"${tables.digits(cheapest.usd_per_1000)} per 1,000 requests {at}"
    if cheapest == best:
        others = [o for o in found if o.passes and o != best]
        if any(_cheaper(o, best) for o in others):
            return (
                f"{titles[best.name]} is the best passing option ({cost}). Every cheaper option "
                "may be worse by a useful difference."
            )
        if others and not any(_cheaper(best, o) for o in others):
            return f"{titles[best.name]} is the best passing option; all cost the same ({cost})."
        if any(not _cheaper(best, o) for o in others):
            return f"{titles[best.name]} is the best passing option; none is cheaper ({cost})."
        return f"{titles[best.name]} is both the best and the cheapest passing option ({cost})."
    return (
        f"{titles[cheapest.name]} is the cheapest passing option ({cost}). It is not worse than "
        f"{titles[best.name]}, the best, by a useful difference."
    )


def _charts(
    document: BakeoffDocument, found: list[Option], metric: str, cheapest: Option | None
) -> None:
    frame, floor = without_floor(
        cost_charts.options_frame(document, found, metric), titles_of(document.contenders), "value"
    )
    ring = "" if cheapest is None else titles_of(document.contenders)[cheapest.name]
    budget = document.manifest.get("budget") or {}
    sides = ((TIME, budget.get("p95_ms")), (COST, budget.get("cost_per_1000")))
    with tools.side_by_side():
        for column, (axis, limit) in zip(st.columns(2, gap="medium"), sides, strict=True):
            there = cost_charts.on_axis(frame, axis, metric)
            with column:
                if there.empty:
                    what = "cost" if axis is COST else "latency"
                    page.picture(
                        toolbar.blank(f"quality against {what}"),
                        f"An empty chart: the {what} of every contender is unknown.",
                        key=f"compare_{axis.field}",
                    )
                    continue
                styles = look.styles_by_title(document)
                if cost_charts.coincide(there, axis):
                    _same(there, axis, metric, styles)
                    continue
                page.picture(
                    Drawn(cost_charts.quality, there, styles, metric, axis, limit=limit, ring=ring),
                    cost_charts.quality_alt(there, metric, axis, ring),
                    there,
                    key=f"compare_{axis.field}",
                )
    if floor:
        st.caption(page.plain(floor))


def _same(frame: pd.DataFrame, axis: Axis, metric: str, styles: dict[str, Style]) -> None:
    """The values in rows where all contenders have the same latency or cost."""
    sentence = cost_charts.same_sentence(frame, axis)
    ordered = frame.sort_values("value", ascending=better_sign(metric) < 0, ignore_index=True)
    rows = ordered.assign(label=ordered["value"].map(tables.digits))
    page.picture(
        Drawn(interval_charts.values, rows, styles, metric),
        f"{sentence} {interval_charts.values_alt(rows, metric)}",
        frame,
        key=f"compare_{axis.field}",
    )
    st.caption(page.plain(sentence))


def explanation(
    document: BakeoffDocument,
    found: list[Option],
    metric: str,
    best: Option | None,
    cheapest: Option | None,
    requests: str,
) -> list[str]:
    """How costs are computed and what passing means."""
    titles = titles_of(document.contenders)
    front = charts.names(titles[o] for o in unbeaten([o for o in found if o.name != FLOOR]))
    free = charts.names(titles[o.name] for o in found if o.usd_per_1000 is None)
    lines = ["The gray line is the Pareto front: no contender is better on both axes."]
    if front:
        lines[0] += f" Pareto-optimal in quality, latency and cost together: {front}."
    if best is not None and cheapest is not None:
        lines.append(
            "The circle marks the cheapest passing option. An option passes if it has a price, is "
            "within the budget and is not a stand-in. The circled option must also not be worse "
            f"than {titles[best.name]}, the best one, by a useful difference: the whole interval "
            "of the paired difference is above "
            f"−{100 * useful_share(document):.3g}% of {label(metric)}."
        )
    lines.append(
        f"Cost of a built pipeline: at least two servers, for {REQUESTS[requests]} requests per "
        "month at the measured latency, and a daily fit. Cost of a third party: its fee for as "
        "many requests by the price book, with base fee and minimum, or else its metered calls "
        "alone. Both exclude staff, which the Decide page includes."
    )
    lines += minimums(document, float(requests))
    if free:
        lines.append(f"Not priced: {free}.")
    return lines


def minimums(document: BakeoffDocument, requests: float) -> list[str]:
    """A sentence for each third party whose cost is its vendor's minimum at that traffic."""
    titles, book, found = titles_of(document.contenders), PriceBook(), []
    for contender in document.contenders:
        line = price_line(contender, book)
        if line is not None and wording.minimum_decides(line, requests):
            found.append(f"{titles[contender.name]}: {wording.fee(line, requests)}")
    return found


def _steps(document: BakeoffDocument) -> None:
    """What each stage of one contender adds in quality and in latency."""
    multi_stage = [c for c in document.contenders if c.waterfall]
    if not multi_stage:
        return
    longest = max(multi_stage, key=lambda c: len(c.waterfall))
    st.header("What each stage adds", anchor=False)
    name = tools.contender(
        document,
        "Contender",
        [c.name for c in multi_stage],
        key="compare_steps",
        default=longest.name,
    )
    steps = next(c.waterfall for c in multi_stage if c.name == name)
    frame: pd.DataFrame = waterfall.waterfall_frame(steps)
    page.picture(
        Drawn(waterfall.waterfall, frame, look.styles_of(document)[name].color),
        waterfall.waterfall_alt(frame, titles_of(document.contenders)[name]),
        frame,
        key="compare_waterfall",
    )
