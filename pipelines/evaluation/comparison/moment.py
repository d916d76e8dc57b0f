"""Contenders whose lists depend on the moment of the request, and what that means here."""

from __future__ import annotations

from pipelines.evaluation.results.document import BakeoffDocument, titles_of
from pipelines.runtime.phrases import and_list


def moment_sentence(document: BakeoffDocument) -> str:
    """Which contenders use the time of the request, and what it was; empty if none does."""
    titles = titles_of(document.contenders)
    names = [titles[c.name] for c in document.contenders if c.uses_moment]
    if not names:
        return ""
    who = f"{and_list(names)} {'uses' if len(names) == 1 else 'use'} the moment of the request"
    if document.manifest.get("cutoff") is not None:
        return (
            f"{who}: here the cut-off, the same for every user, so the time of day is not tested."
        )
    return (
        f"{who}: under {document.manifest.get('split', 'this split')} that of each user's first "
        "held-out interaction, which tells when the user came back."
    )
