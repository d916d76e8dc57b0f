"""Decide: build, buy, both in turn, or neither; with what would reverse it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from app import access, state
from app.components import page, tables, toolbar
from app.decide import case_form
from app.decide import charts as pictures
from app.decide import tornado as tornado_chart
from pipelines.economics.case import Case, blank_case, load_case
from pipelines.economics.decision import decide
from pipelines.economics.evidence import Evidence, evidence_from_bakeoff
from pipelines.economics.formats import money, months, percent
from pipelines.economics.labels import answer_label
from pipelines.economics.memo import render_memo
from pipelines.economics.summary import Decision, sentence
from pipelines.errors import AssayError

OWN = "own"
CASES = {
    OWN: "your own",
    "shop": "shop",
    "video": "video",
    "data-poor": "little data",
}
CHANGES = "decide_inputs"
# Inputs left of the picture; on a narrow screen the picture comes first.
NARROW = """<style>@media (max-width: 1050px) {
.st-key-decide_split > div > [data-testid="stHorizontalBlock"] {flex-direction: column-reverse;}
.st-key-decide_split > div > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"]
{flex: none; width: 100%;}
}
.st-key-decide_split [data-testid="stColumn"] [data-testid="stColumn"]
{min-width: 0; flex: 1 1 0;}</style>"""
GATE_MARK = {"passed": "✓ passed", "failed": "✗ failed", "not checked": "? not checked"}


def draw() -> None:
    head = st.container()
    told = _told()
    name = toolbar.settled("decide_case", list(CASES), OWN)
    base = blank_case() if name == OWN else load_case(name)
    st.html(NARROW)
    split = st.container(key="decide_split")
    with split:
        left, right = st.columns([1, 2], gap="large")
    with left:
        name = toolbar.choice(
            "Case (the last three are worked)",
            list(CASES),
            key="decide_case",
            default=OWN,
            format_func=CASES.__getitem__,
        )
        changes = _form(name, base, told)
    evidence = _evidence()
    try:
        case = case_form.changed_case(base, changes)
        stated = None if name == OWN and not changes else case
        decision = _decided(stated, evidence)
    except AssayError as error:
        with head:
            page.opening("These inputs do not fit together yet.")
        right.error(page.plain(str(error)))
        return
    with head:
        page.opening(sentence(decision))
    with right:
        _picture(decision, name, bool(changes))
        _why(decision)
    _lower(decision)
    _numbers(decision)
    _memo(decision, stated, evidence, changes, name)
    _saved()


def _form(name: str, base: Case, told: dict[str, case_form.Values]) -> case_form.Values:
    """The inputs; what was changed stands in the address and survives another page."""
    kept = f"decide_changes_{name}"
    if kept not in st.session_state:
        st.session_state[kept] = told.get(name, {})
    start = st.session_state.setdefault(f"{kept}_start", st.session_state[kept])
    changes = case_form.draw(base, start, key=f"decide_{name}")
    st.session_state[kept] = changes
    toolbar.keep(CHANGES, case_form.to_text(changes), default="")
    if changes and st.button("Take back all changes", key=f"decide_reset_{name}"):
        _restart(name, {})
    return changes


def _told() -> dict[str, case_form.Values]:
    """The changes in the address and the case that they belong to, before it is rewritten."""
    case = st.query_params.get("decide_case", OWN)
    return {case: case_form.from_text(st.query_params.get(CHANGES, ""))}


def _restart(name: str, changes: case_form.Values) -> None:
    """Draw the form anew, from the case with these changes."""
    for key in list(st.session_state):
        if str(key).startswith((f"decide_{name}_", f"decide_changes_{name}")):
            del st.session_state[key]
    st.session_state[f"decide_changes_{name}"] = changes
    st.rerun()


def _evidence() -> Evidence | None:
    """What the chosen bake-off adds: cost, completeness and comparisons, never an uplift."""
    document = state.chosen_document()
    if document is None:
        return None
    about = next((r.about for r in state.dataset_records() if r.name == document.dataset), None)
    return evidence_from_bakeoff(
        document.model_dump(mode="json"), is_sample=None if about is None else about.is_sample
    )


def _decided(case: Case | None, evidence: Evidence | None) -> Decision:
    return _decide(
        "" if case is None else case.model_dump_json(),
        "" if evidence is None else evidence.model_dump_json(),
    )


@st.cache_data(max_entries=64, show_spinner="Drawing 100,000 futures ...")
def _decide(case: str, evidence: str) -> Decision:
    return decide(
        Case.model_validate_json(case) if case else None,
        Evidence.model_validate_json(evidence) if evidence else None,
    )


def _picture(decision: Decision, name: str, changed: bool) -> None:
    if name != OWN:
        words = "a worked case with your changes" if changed else "a worked case"
        st.caption(f"This is {words}: its figures illustrate, they are not yours.")
    if not decision.curves:
        page.picture(
            toolbar.blank("the value of each option over time"),
            "An empty picture: the value of each option will stand here once its inputs are given.",
            key="decide",
        )
        return
    positive = decision.break_even.get("positive_from_month", {})
    page.picture(
        pictures.over_time(decision.curves, positive),
        pictures.over_time_alt(decision.curves, positive),
        pictures.value_frame(decision.curves).rename(columns={"value": "value, $k"}),
        key="decide",
    )


def _why(decision: Decision) -> None:
    with st.container(border=True):
        st.markdown(f"**{page.plain(_capital(answer_label(decision.decision)))}**, because")
        reasons = [r for r in decision.reasons if not r.startswith("Missing: ")]
        if decision.missing:
            reasons.append("Still missing:")
        lines = [f"- {page.plain(_capital(r))}" for r in reasons]
        lines += [f"    - {page.plain(_capital(text))}" for text in decision.missing]
        st.markdown("\n".join(lines))
    if decision.reverses:
        with st.container(border=True):
            st.markdown("**What would reverse it**")
            st.markdown("\n".join(f"- {page.plain(r)}" for r in decision.reverses))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(decision: Decision) -> None:
    """How sure it is: what moves the value, the range of it, the chance of each option."""
    if not decision.tornado:
        return
    ranked = sorted(decision.options, key=lambda option: -float(option["npv"]))
    shown = decision.chosen or str(ranked[0]["name"])
    st.subheader(f"What moves the value of {pictures.OPTION_WORDS.get(shown, shown)}", anchor=False)
    base = decision.npv(shown) or 0.0
    page.picture(
        tornado_chart.tornado(decision.tornado, base),
        tornado_chart.tornado_alt(decision.tornado, shown),
        tornado_chart.tornado_frame(decision.tornado).rename(columns={"value": "value, $k"}),
        key="decide_tornado",
    )
    st.subheader("How sure it is", anchor=False)
    found = decision.uncertainty
    if found is None:
        st.write(
            "No input has a range, so there is nothing to draw: give low and high beside a likely "
            "value to see how often each option comes first."
        )
        return
    one, other = st.columns(2, gap="large")
    with one:
        fan = pd.DataFrame(found["fan"]).T.rename_axis("option").reset_index()
        page.picture(pictures.fan(found), pictures.fan_alt(found), fan, key="decide_fan")
    with other:
        chances = pd.DataFrame(found["p_best"].items(), columns=["option", "share"])
        page.picture(
            pictures.chances(found), pictures.chances_alt(found), chances, key="decide_chances"
        )
    worth = list(found["evppi"].items())[:3]
    if found["evpi"] > 0:
        words = tornado_chart.input_words()
        named = "; ".join(f"{words.get(n, n)} {money(v)}" for n, v in worth if v > 0)
        st.caption(
            page.plain(
                f"To know everything before deciding would be worth {money(found['evpi'])}; "
                f"to know one input alone: {named or 'nothing'}. {found['draws']:,} draws."
            )
        )


def _numbers(decision: Decision) -> None:
    with page.numbers():
        if decision.options:
            chance = (decision.uncertainty or {}).get("p_best", {})
            rates = decision.break_even.get("open_rate", {})
            turns = decision.break_even.get("positive_from_month", {})
            rows = [
                {
                    "option": pictures.OPTION_WORDS.get(o["name"], o["name"]),
                    "value, $k": o["npv"],
                    "benefit, $k": o["benefit"],
                    "cost, $k": o["cost"],
                    "break-even open rate": _or_none(rates.get(o["name"]), percent),
                    "positive from month": _or_none(turns.get(o["name"]), str),
                    "comes first": _or_none(chance.get(o["name"]), percent, "not drawn"),
                }
                for o in decision.options
            ]
            st.markdown(
                f"Over {months(decision.horizon_months)} at "
                f"{percent(decision.discount_rate)} a year."
            )
            tables.show(
                pd.DataFrame(rows), key="decide_options", alt="Value, benefit and cost per option."
            )
        if decision.horizons:
            st.markdown("The same at other horizons and rates: value, $k.")
            spans = [
                {
                    "months": h["months"],
                    "a year": percent(h["discount_rate"]),
                    **{pictures.OPTION_WORDS.get(n, n): v for n, v in h["npv"].items()},
                }
                for h in decision.horizons
            ]
            tables.show(
                pd.DataFrame(spans), key="decide_horizons", alt="Value per option and horizon."
            )
        st.markdown("What must hold first.")
        gates = [
            {"gate": g["name"], "state": GATE_MARK.get(g["state"], g["state"]), "why": g["reason"]}
            for g in decision.gates
        ]
        tables.show(
            pd.DataFrame(gates),
            key="decide_gates",
            alt="The gates, with state and reason.",
            columns={"why": st.column_config.TextColumn("why", width="large")},
        )


def _or_none(value: Any, say: Any, none: str = "none") -> str:
    return none if value is None else str(say(value))


def _memo(
    decision: Decision,
    case: Case | None,
    evidence: Evidence | None,
    changes: case_form.Values,
    name: str,
) -> None:
    st.subheader("One-page memo", anchor=False)
    html = render_memo(decision, case, evidence, datetime.now(UTC).date())
    with st.container(horizontal=True):
        if access.allowed("lead") and st.button("Save the decision", type="primary"):
            _save(decision, html, evidence, changes, name)
        st.download_button(
            "Download the memo (HTML)",
            html.encode(),
            file_name="decision-memo.html",
            mime="text/html",
            on_click="ignore",
        )
        inputs = {"case": name, "inputs": changes, **decision.document()}
        st.download_button(
            "Download the figures (JSON)",
            json.dumps(inputs, indent=1).encode(),
            file_name="decision.json",
            mime="application/json",
            on_click="ignore",
        )
    with st.expander("Preview", icon=":material/description:"):
        _framed(html, "The memo of this decision.")


def _framed(html: str, alt: str) -> None:
    """The memo in a frame of its own origin, so that nothing in it reaches the app."""
    packed = base64.b64encode(html.encode()).decode()
    st.iframe(f"data:text/html;charset=utf-8;base64,{packed}", height=720, alt=alt)


def _save(
    decision: Decision,
    html: str,
    evidence: Evidence | None,
    changes: case_form.Values,
    name: str,
) -> None:
    access.require("lead", "Saving a decision")
    used = evidence.bakeoff_id if evidence is not None else ""
    document = {**decision.document(), "started_from": name, "inputs": changes}
    state.workspace().save_decision(decision.case, document, html, used or None)
    st.toast("Saved; it stands in the list below.")


def _saved() -> None:
    """Decisions of this workspace, newest first."""
    records = state.workspace().decisions()
    st.subheader("Saved decisions", anchor=False)
    if not records:
        st.caption("None yet.")
        return
    rows = [
        {
            "saved (UTC)": tables.moment(r.created),
            "case": r.title,
            "decision": answer_label(str(r.document.get("decision", ""))),
            "in a sentence": str(r.document.get("sentence", "")),
            "bake-off": r.bakeoff or "none",
        }
        for r in records
    ]
    chosen = tables.show(
        pd.DataFrame(rows),
        key="decide_saved",
        alt="Saved decisions, newest first.",
        on_select="single-row",
        columns={"in a sentence": st.column_config.TextColumn(width="large")},
    )
    picked = list(chosen.selection.rows) if chosen else []
    if not picked:
        st.caption("Choose a row to read its memo or to take up its inputs.")
        return
    record = records[picked[0]]
    with st.container(horizontal=True):
        st.download_button(
            "Download its memo (HTML)",
            record.memo.encode(),
            file_name=f"decision-{record.id}.html",
            mime="text/html",
            on_click="ignore",
        )
        started = str(record.document.get("started_from", ""))
        if started in CASES and st.button("Take up its inputs"):
            st.session_state["next_decide_case"] = started
            _restart(started, dict(record.document.get("inputs", {})))
    _framed(record.memo, f"The memo of {record.title}.")


page.show(draw)
