"""Decide: build, buy, buy now and build later, or neither; and what would reverse it."""

from __future__ import annotations

import streamlit as st

from app.components import page
from app.components.evidence import chosen_evidence
from app.decide import case_values, inputs, memo, numbers, outcome, uncertainty
from pipelines.economics.summary import sentence
from pipelines.errors import AssayError

# The inputs are left of the chart; in a narrow window the chart comes first.
NARROW = """<style>@media (max-width: 1050px) {
.st-key-decide_split > div > [data-testid="stHorizontalBlock"] {flex-direction: column-reverse;}
.st-key-decide_split > div > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"]
{flex: none; width: 100%;}
}
.st-key-decide_split [data-testid="stColumn"] [data-testid="stColumn"]
{min-width: 0; flex: 1 1 0;}</style>"""


def draw() -> None:
    head = st.container()
    inputs.from_address()
    name, base = inputs.base_case()
    st.html(NARROW)
    with st.container(key="decide_split"):
        left, right = st.columns([1, 2], gap="large")
    with left:
        name, changes = inputs.form(base)
    evidence = chosen_evidence()
    try:
        case = case_values.changed_case(base, changes)
        stated = None if name == inputs.OWN and not changes else case
        decision = outcome.decided(stated, evidence)
    except AssayError as error:
        with head:
            page.opening("These inputs are not valid.")
        right.error(page.plain(str(error)))
        return
    with head:
        page.opening(sentence(decision))
    with right:
        outcome.picture(decision, name, changed=bool(changes))
        outcome.reasons(decision)
    uncertainty.section(decision)
    numbers.section(decision)
    memo.section(decision, stated, evidence, changes, name)
    memo.saved()


page.show(draw)
