"""Prints the profile of a dataset: one JSON document, or sentences and a small table."""

from __future__ import annotations

from pipelines.cli import output as out
from pipelines.data.dataset import Dataset


def data_profile(dataset: Dataset, as_json: bool) -> None:
    """Print the profile of a dataset."""
    from pipelines.data.profile import profile

    found = profile(dataset)
    if as_json:
        out.document(found.document())
        return
    out.say(
        f"{found.name}: {found.events:,} events of {found.users:,} users and {found.items:,} items."
    )
    for sentence in found.sentences.values():
        out.say(f"- {sentence}")
    out.say("Users by number of events:")
    for row in found.histories:
        out.say(f"  {row['bin']:>13}  {row['users']:>11,} users  {row['share']:>6.1%}")
