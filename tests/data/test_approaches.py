"""What approaches and vendors ask, where the answer is thin or unknown, and tests with people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.data import readiness
from pipelines.data.dataset import Dataset, ImportCounts, load, save
from pipelines.data.readiness.facts import DAY
from pipelines.statistics import power as experiment
from tests.data.test_readiness import made

START = 1_700_000_000


@pytest.mark.parametrize(
    ("base", "lift", "people"),
    [(0.02, 0.05, 315_203.16), (0.02, 0.1, 80_678.63), (0.1, 0.1, 14_748.05)],
)
def test_people_per_arm_agree_with_reference_numbers(
    base: float, lift: float, people: float
) -> None:
    assert experiment.people_per_arm(base, lift) == pytest.approx(people, abs=0.01)


def test_the_smallest_lift_is_the_inverse() -> None:
    lift = experiment.smallest_lift(0.02, 100_000)
    assert lift is not None
    assert 0.02 * lift == pytest.approx(0.00179208, abs=1e-8)
    few = experiment.smallest_lift(0.02, 5_000)
    assert few is not None
    assert 0.02 * few == pytest.approx(0.00863, abs=5e-6)
    assert experiment.smallest_lift(0.02, 0) is None
    assert experiment.smallest_lift(1.0, 5) is None
    with pytest.raises(ValueError, match="No test"):
        experiment.people_per_arm(0.9, 0.5)


def logged(
    folder: Path, propensity: np.ndarray | float, n: int = 12_000, people: int = 400
) -> Dataset:
    """A log of views, each with a propensity, and a purchase for every 20th person."""
    import pyarrow as pa

    rows = [(k % people, k % 40, START + k * 600) for k in range(n)]
    dataset = made(rows, rows_in=n, arrivals=ImportCounts(event_types={"view": n}))
    user = dataset.interactions.user
    context = pd.DataFrame(
        {
            "event_type": np.where(user % 20 == 0, "purchase", "view"),
            "propensity": np.broadcast_to(propensity, n),
            "impression": "i1|i2",
        }
    )
    folder.mkdir()
    save(dataset, folder, pa.Table.from_pandas(context, preserve_index=False))
    return load(folder)


def test_off_policy_needs_chance(tmp_path: Path) -> None:
    drawn = readiness.approaches(logged(tmp_path / "a", 0.2))["off-policy"]
    assert drawn.state == "enough"
    fixed = readiness.approaches(logged(tmp_path / "b", 1.0))["off-policy"]
    assert fixed.state == "not enough"
    assert "log of a fixed order" in fixed.missing
    skewed = np.full(12_000, 0.9)
    skewed[:5] = 1e-6
    thin = readiness.approaches(logged(tmp_path / "c", skewed))["off-policy"]
    assert thin.state == "not enough"
    assert "propensities further from zero" in thin.missing


def test_off_policy_without_a_log_says_what_to_log_and_an_old_import_is_unknown() -> None:
    rows = [(u, i, START + i * DAY) for u in range(5) for i in range(9)]
    new = readiness.approaches(made(rows, arrivals=ImportCounts()))["off-policy"]
    assert (new.state, new.missing) == (
        "not enough", "needs 10,000 impressions with a propensity"
    )  # fmt: skip
    old = readiness.approaches(made(rows))["off-policy"]
    assert old.state == "unknown"
    assert "import the file again" in old.missing


def test_the_base_rate_is_measured_where_purchases_are_told(tmp_path: Path) -> None:
    report = readiness.report(logged(tmp_path / "log", 0.2))
    test = report.approaches["A/B test"]
    assert "a conversion rate of 5.0% (measured in the data)" in test.note
    assert test.need == 2 * np.ceil(experiment.people_per_arm(0.05, 0.1))
    assert (test.have, test.state) == (400, "not enough")
    assumed = readiness.approaches(made([(0, 0, START), (1, 1, START + 40 * DAY)]))["A/B test"]
    assert "assumed" in assumed.note


def test_traffic_for_a_lift_of_a_fifth_is_thin() -> None:
    n = 2 * int(np.ceil(experiment.people_per_arm(0.02, 0.2)))
    rows = [(u, 0, START + u * 60) for u in range(n)]
    assert readiness.approaches(made(rows))["A/B test"].state == "thin"
    assert readiness.approaches(made(rows[:-1]))["A/B test"].state == "not enough"


def test_real_time_needs_events_within_a_visit() -> None:
    orders = [(u, i, START + u * 60) for u in range(1_500) for i in range(3)]
    assert readiness.approaches(made(orders))["real time"].state == "not enough"
    views = [(u, i, START + u * 60 + i) for u in range(1_500) for i in range(3)]
    assert readiness.approaches(made(views))["real time"].state == "enough"
    days = [(u, i, (u + i) * DAY) for u in range(1_500) for i in range(3)]
    dates = readiness.approaches(made(days))["real time"]
    assert dates.missing == "needs the time of day of each event, not only its date"


def test_vendors_without_a_known_minimum_are_unknown() -> None:
    found = readiness.approaches(made([(0, 0, 0), (0, 1, 9)]))
    assert found["Recombee"].state == "unknown"
    assert found["Recombee"].source == "none known"
    assert found["Google Recommendations"].state == "not enough"
    assert found["Algolia Recommend"].missing == "needs 9,998 more events in 30 days"


def test_what_is_missing_comes_with_a_date_at_the_pace_of_the_data() -> None:
    rows = [(d % 50, d % 7, START + d * DAY // 10) for d in range(1_501)]
    now = START + 150 * DAY + 3600
    missing = readiness.report(made(rows), now).approaches["factorization"].missing
    assert missing.startswith(
        "needs 8,499 more events and 450 more users with five or more events; "
    )
    # The users do not grow here, and they are what a date would have to wait for.
    assert missing.endswith("none were added in the last eight weeks, so no date can be given")
    grows = [(d, d % 7, START + d * DAY + n * 60) for d in range(151) for n in range(6)]
    missing = readiness.report(made(grows), now).approaches["factorization"].missing
    assert missing == (
        "needs 9,094 more events and 349 more users with five or more events; at 42 events a "
        "week, as in the last eight weeks, in about 4 years (2028-06-06)"
    )


def test_a_shops_order_export_names_its_real_gaps() -> None:
    rows = [(u, i, START + u * 3600) for u in range(300) for i in range(4)]
    arrivals = ImportCounts(reasons={"the user is missing": 500}, returns=60)
    report = readiness.report(made(rows, rows_in=2_000, quarantined=500, arrivals=arrivals))
    found = {finding.check: finding for finding in report.findings}
    guests = found["rows without a user, share"]
    assert (guests.value, guests.state) == (0.25, "thin")
    assert found["rows in quarantine, share"].why.endswith(": the user is missing.")
    assert "guest" in guests.why
    assert found["returns and cancellations, share"].value == 0.03
    assert found["simultaneous events, share"].state == "thin"
    assert found["event types"].state == "thin"
