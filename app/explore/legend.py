"""What the marks in the lists mean, and where the lists are from."""

from __future__ import annotations

from app.components import results
from app.explore import linked_lists
from app.explore.data import LENGTH, Lists, Person
from pipelines.evaluation.results.document import BakeoffDocument, titles_of


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


def without_sponsored(document: BakeoffDocument, found: Lists, marked: bool) -> list[str]:
    """Why a list whose pipeline places sponsored items shows none, a sentence per contender.

    `marked` says whether the catalogue marks items as sponsored.
    """
    titles, frame = titles_of(document.contenders), found.frame
    listed, placed = set(frame["contender"]), set(frame.loc[frame["sponsored"], "contender"])
    sentences = []
    for contender in document.contenders:
        title, rule = titles[contender.name], results.sponsored_rule(contender)
        if rule is None or title not in listed - placed or rule.get("items"):
            continue
        if not marked:
            why = "the catalogue marks none"
        elif rule.get("insert"):
            why = "none may be inserted for this user"
        elif int(rule.get("slot", 1)) <= LENGTH:
            why = "none is among the items ranked for this user, and its rule inserts none"
        else:
            why = f"its rule gives one a place below the {LENGTH} items shown"
        sentences.append(f"{title} shows no sponsored item here: {why}.")
    return sentences
