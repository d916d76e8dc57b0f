"""Problems in lists from elsewhere: each is counted and has a defined treatment."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from pipelines.data.split import SeenPolicy


def _count(description: str, treatment: str) -> int:
    """A field that counts a problem."""
    metadata = {"description": description, "treatment": treatment}
    found: int = field(default=0, metadata=metadata)
    return found


@dataclass(frozen=True)
class Problems:
    """The count of each problem; docs/evaluate.md is tested against it."""

    missing_users: int = _count("users in the truth without a list", "score 0")
    duplicates: int = _count(
        "repeated items in a list", "left out, except the first; later items move up"
    )
    unknown_items: int = _count(
        "positions with an item that is not in the training data", "left out; later items move up"
    )
    short_lists: int = _count(
        "lists with fewer usable items than the largest k", "scored as they are"
    )
    empty_lists: int = _count("lists without usable items", "score 0")
    seen_items: int = _count(
        "positions with an item that the user has in the training data", "kept"
    )
    ties: int = _count(
        "positions with the same rank or score as the position before",
        "ordered by item id as text",
    )
    unranked: int = _count("positions without a readable rank or score", "moved to the end")
    extra_users: int = _count("users with a list who are not in the truth", "not scored")
    second_lists: int = _count("lines with a second list for a user", "left out")
    failed_lists: int = _count("users whose only line has an error", "no list")
    unusable_rows: int = _count(
        "rows of the recommendations without an id, or unreadable", "left out"
    )
    truth_duplicates: int = _count("rows of the truth that repeat a user's item", "counted once")
    unknown_truths: int = _count(
        "held-out interactions with items that are not in the training data",
        "counted: no list can contain them",
    )
    seen_truths: int = _count(
        "held-out interactions with items that the user has in the training data", "left out"
    )
    users_without_new_truths: int = _count(
        "users whose held-out interactions were all left out", "not scored"
    )
    unusable_truth_rows: int = _count("rows of the truth without an id, or unreadable", "left out")
    unusable_train_rows: int = _count(
        "rows of the training data without an id, or unreadable", "left out"
    )

    def document(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)

    def sentences(self, seen: SeenPolicy) -> list[str]:
        """A sentence for each problem that occurred, under this seen policy."""
        sentences = []
        for name, about in self.__dataclass_fields__.items():
            count, treatment = getattr(self, name), about.metadata["treatment"]
            if name == "seen_items" and seen == "exclude":
                treatment = "left out; later items move up"
            if count:
                sentences.append(f"{count:,} × {about.metadata['description']} ({treatment}).")
        return sentences
