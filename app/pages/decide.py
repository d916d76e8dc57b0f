"""Decide: build, buy, buy now and build later, or neither; and what would reverse it."""

from __future__ import annotations

import streamlit as st

from app.components import page
from app.components.evidence import chosen_evidence
from app.decide import case_values, inputs, memo, numbers, outcome, uncertainty
from pipelines.economics.formats import in_currency
from pipelines.economics.summary import sentence
from pipelines.errors import AssayError

# The inputs are left of the chart, which stays in sight while they are edited. In a narrow window
# the chart comes first, and the answer is repeated at the window's lower edge.
LAYOUT = """<style>
.st-key-decide_answer {display: none;}
@media (min-width: 1051px) {
.st-key-decide_split > div > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"]:last-child
 > [data-testid="stVerticalBlock"] {height: 100%;}
div:has(> .st-key-decide_result) {position: sticky; top: 4rem;}
.st-key-decide_result {max-height: calc(100vh - 5rem); overflow-y: auto;}
}
@media (max-width: 1050px) {
.st-key-decide_split > div > [data-testid="stHorizontalBlock"] {flex-direction: column-reverse;}
.st-key-decide_split > div > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"]
{flex: none; width: 100%;}
div:has(> .st-key-decide_answer) {position: sticky; bottom: 0; z-index: 5;}
.st-key-decide_answer {display: flex; padding: 8px 0; background: var(--assay-page);
 border-top: 2px solid var(--assay-primary);}
}
.st-key-decide_split [data-testid="stColumn"] [data-testid="stColumn"]
{min-width: 0; flex: 1 1 0;}
.st-key-decide_split [data-testid="stColumn"] [data-testid="stColumn"]
 [data-testid="stTextInput"] input {padding-left: 6px; padding-right: 4px;}
</style>"""


LAST_VALID = "decide_last_valid"
"""Session key: the case that was last decided, and its decision."""


def draw() -> None:
    head = st.container()
    evidence = chosen_evidence()
    inputs.from_address()
    name, base = inputs.base_case()
    st.html(LAYOUT)
    with st.container(key="decide_split"):
        left, right = st.columns([2, 3], gap="large")
    with left:
        own = None if evidence is None or evidence.is_sample else evidence
        name, changes = inputs.form(base, own)
    try:
        case = case_values.changed_case(base, changes)
        stated = None if name == inputs.OWN and not changes else case
        decision = outcome.decided(stated, evidence)
    except AssayError as error:
        with head:
            page.opening("These inputs are not valid.")
        right.error(page.with_code(str(error)))
        with right:
            _last_valid(name)
        return
    st.session_state[LAST_VALID] = (name, decision)
    with head:
        page.opening(sentence(decision))
    with in_currency(decision.currency):
        with right, st.container(key="decide_result"):
            outcome.picture(decision, name, changed=bool(changes))
            outcome.reasons(decision)
        with left, st.container(key="decide_answer"):
            st.markdown(f"**{page.plain(sentence(decision))}**")
        uncertainty.section(decision)
        numbers.section(decision)
    memo.section(decision, stated, evidence, changes, name)
    memo.saved()


def _last_valid(name: str) -> None:
    """The result of the last valid inputs of this case in this window, if there were any."""
    before, decision = st.session_state.get(LAST_VALID, ("", None))
    if decision is None or before != name:
        return
    with in_currency(decision.currency), st.container(key="decide_result"):
        st.caption("This is the result of your last valid inputs.")
        st.markdown(f"**{page.plain(sentence(decision))}**")
        outcome.picture(decision, name, changed=True)
        outcome.reasons(decision)


page.show(draw, shows="case")
