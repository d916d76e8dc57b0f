"""The tables in docs/selftest.md: `python -m pipelines.evaluation.selftest.document`.

Each lies between two markers and is generated from the checks and faults.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.evaluation.bakeoff.checks.examine import CHECKS
from pipelines.evaluation.selftest.run import FAULTS
from pipelines.runtime import paths

FILE = paths.CHECKOUT / "docs" / "selftest.md"
BLOCK = re.compile(r"(<!-- (checks|faults) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str) -> str:
    """The document with its tables generated again."""
    tables = {"checks": _checks, "faults": _faults}
    return BLOCK.sub(lambda m: f"{m.group(1)}\n{tables[m.group(2)]()}\n\n{m.group(3)}", text)


def _checks() -> str:
    rows = [(f"`{c.name}`", c.title, c.catches, c.needs, c.false_alarms) for c in CHECKS]
    return _table(("check", "passes if", "catches", "needs", "false alarms"), rows)


def _faults() -> str:
    return _table(
        ("fault", "what is wrong", "named by"),
        [(f"`{f.name}`", f.what, f"`{f.check}`") for f in FAULTS],
    )


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    FILE.write_text(filled(FILE.read_text()))
