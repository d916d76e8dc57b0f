"""docs/metrics.md and the classes say the same."""

import subprocess
import sys

import pytest

from pipelines import registry
from pipelines.evaluation.metrics import document
from pipelines.evaluation.metrics.metric import FIELDS


def test_the_tables_are_those_of_the_classes() -> None:
    """Where this fails: python -m pipelines.evaluation.metrics.document."""
    text = document.FILE.read_text()
    assert document.filled(text) == text


def test_every_metric_that_ships_is_in_it_with_what_it_says() -> None:
    text = document.FILE.read_text()
    for name in registry.BUILT_IN["metrics"]:
        metric = registry.lookup("metrics", name)
        assert metric.name == name
        assert f"| `{name}@k`" in text and metric.description in text
        assert all(getattr(metric, field) for field in FIELDS)


def test_a_changed_word_is_put_right_and_the_rest_is_left() -> None:
    text = document.FILE.read_text()
    changed = text.replace("How soon the first hit comes.", "How late.").replace(
        "# Metrics", "# Mine"
    )
    assert changed != text
    assert document.filled(changed) == text.replace("# Metrics", "# Mine")


def test_a_table_that_is_lost_is_missed() -> None:
    with pytest.raises(ValueError, match="tables of"):
        document.filled(document.FILE.read_text().replace("<!-- metrics: money -->", ""))


def test_labels_cost_no_compiler() -> None:
    """The app and the command line read names and labels of all metrics."""
    code = (
        "import sys; from pipelines import registry; "
        "from pipelines.evaluation.metrics.names import label; "
        "[label(n + '@10') for n in registry.names('metrics')]; "
        "print(sorted({'numba', 'scipy', 'pandas', 'sklearn'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
