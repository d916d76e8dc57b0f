"""What the checks of a bake-off found: flags above all views, and the list of checks."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.components import page, tables
from pipelines.evaluation.results.document import BakeoffDocument, titles_of
from pipelines.evaluation.results.evidence import CheckResult


def flags(document: BakeoffDocument) -> None:
    """A sentence for each check that flagged something; nothing where none did."""
    for check in document.evidence.flagged if document.evidence else ():
        st.markdown(f":material/flag: **{check.name}**: {page.plain(check.sentence)}")


def details(document: BakeoffDocument) -> None:
    """All checks, behind a button with their number."""
    evidence = document.evidence
    if evidence is None:
        st.caption("Not checked: an older version of Assay ran this bake-off.", width="content")
        return
    with st.popover(f"Checks: {evidence.grade}", icon=":material/rule:", type="tertiary"):
        st.markdown(page.plain(evidence.sentence))
        for check in evidence.checks:
            if check.state == "could not run":
                st.markdown(f"**{check.name}** could not run: {page.plain(check.sentence)}")
        tables.show(
            frame(document),
            key="compare_checks",
            alt="The checks of this bake-off and what they found.",
            columns={"found": st.column_config.TextColumn(width="large")},
        )
        st.caption(
            "A check that passed found nothing wrong; it does not prove that all is right. The "
            "command `assay selftest` plants known faults and shows which checks catch them."
        )


def frame(document: BakeoffDocument) -> pd.DataFrame:
    """A row per check: its name, its state and what it found."""
    titles = titles_of(document.contenders)
    checks = document.evidence.checks if document.evidence else []
    return pd.DataFrame(
        [{"check": c.name, "state": c.state, "found": found(c, titles)} for c in checks]
    )


def found(check: CheckResult, titles: dict[str, str]) -> str:
    """What a check found, and for which contenders it could not run."""
    left_out = [f"{titles.get(n, n)}: {why}" for n, why in check.not_run.items()]
    return " ".join([check.sentence, *(["Not run for"] if left_out else []), *left_out])
