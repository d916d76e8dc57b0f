"""What is odd about lists from elsewhere: counted, each with a stated treatment."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from pipelines.data.split import SeenPolicy


def _count(what: str, treatment: str) -> int:
    """A field that counts `what`."""
    found: int = field(default=0, metadata={"what": what, "treatment": treatment})
    return found


@dataclass(frozen=True)
class Problems:
    """How often each oddity was met, and what was done; docs/evaluate.md is tested against it."""

    missing_users: int = _count("users of the truth without a list", "score 0")
    duplicates: int = _count(
        "repeated items in a list", "left out but for the first; what follows moves up"
    )
    unknown_items: int = _count(
        "places with an item that has no training row", "left out; what follows moves up"
    )
    short_lists: int = _count(
        "lists with fewer usable items than the largest k", "scored as they are"
    )
    empty_lists: int = _count("lists without any usable item", "score 0")
    seen_items: int = _count("places with an item that the user has in the training file", "kept")
    ties: int = _count(
        "places with the rank or score of the place before them",
        "ordered by the items' ids as text",
    )
    unranked: int = _count("places without a readable rank or score", "come last")
    extra_users: int = _count("users with a list and no truth", "not scored")
    second_lists: int = _count("lines with another list of a user", "left out")
    failed_lists: int = _count("users for whom a line has an error and no list", "no list")
    unusable_rows: int = _count(
        "rows of the recommendations that lack an id or cannot be read", "left out"
    )
    truth_duplicates: int = _count("rows of the truth that repeat a user's item", "count once")
    unknown_truths: int = _count("truths that have no training row", "count: nobody finds them")
    seen_truths: int = _count("truths that the user has in the training file", "left out")
    users_without_new_truths: int = _count(
        "users all of whose truths were left out so", "not scored"
    )
    unusable_truth_rows: int = _count(
        "rows of the truth that lack an id or cannot be read", "left out"
    )
    unusable_train_rows: int = _count(
        "rows of the training file that lack an id or cannot be read", "left out"
    )

    def document(self) -> dict[str, int]:
        """Each count by its name."""
        return asdict(self)

    def sentences(self, seen: SeenPolicy) -> list[str]:
        """What was met under that policy, in plain words."""
        said = []
        for name, about in self.__dataclass_fields__.items():
            count, treatment = getattr(self, name), about.metadata["treatment"]
            if name == "seen_items" and seen == "exclude":
                treatment = "left out; what follows moves up"
            if count:
                said.append(f"{count:,} × {about.metadata['what']} ({treatment}).")
        return said
