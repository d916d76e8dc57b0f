"""Prints the profile of a dataset: one JSON document, or sentences and a small table."""

from __future__ import annotations

from pipelines.cli import output as out
from pipelines.data.dataset import Dataset
from pipelines.runtime.phrases import noun_for, number_of


def data_profile(dataset: Dataset, as_json: bool) -> None:
    """Print the profile of a dataset."""
    from pipelines.data.profile import profile

    found = profile(dataset)
    if as_json:
        out.document(found.document())
        return
    out.say(
        f"{found.name}: {number_of(found.events, 'event')} of {number_of(found.users, 'user')} and "
        f"{number_of(found.items, 'item')}."
    )
    for sentence in found.sentences.values():
        out.say(f"- {sentence}")
    out.say("Users by number of events:")
    for row in found.histories:
        users = noun_for(row["users"], "user")
        out.say(f"  {row['bin']:>13}  {row['users']:>11,} {users:<5}  {row['share']:>6.1%}")
