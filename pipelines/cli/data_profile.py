"""What `assay data profile` prints: one JSON document, or sentences and a small table."""

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
        f"{found.name}: {found.events:,} events of {found.users:,} people and "
        f"{found.items:,} items."
    )
    for words in found.sentences.values():
        out.say(f"- {words}")
    out.say("Events by person:")
    for row in found.histories:
        out.say(f"  {row['bin']:>13}  {row['users']:>11,} people  {row['share']:>6.1%}")
