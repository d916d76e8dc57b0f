"""What the marks in the lists mean, and where the lists are from."""

from __future__ import annotations

from app.explore import linked_lists
from app.explore.data import Lists, Person


def legend(found: Lists, person: Person) -> str:
    """Letters, sponsored items and held-out interactions, in a few sentences."""
    letters = "Items with the same letter are in several lists; hover over one to highlight it."
    if found.frame["sponsored"].any():
        letters += " ◈ marks items that a rule placed because they are sponsored."
    if person.user_id is None:
        return f"{letters} The lists are computed now from the history above."
    hits = int(found.frame[found.frame["chosen"]]["item_id"].nunique())
    count = linked_lists.spelled(hits) if hits else "none"
    return (
        f"{letters} ✓ marks held-out interactions: items that the user interacted with after "
        f"the cut-off date. The lists show {count} of them. The lists are those of the bake-off."
    )
