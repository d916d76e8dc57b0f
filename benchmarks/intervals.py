"""Intervals: their speed beside numpy and scipy, how often they hold, and what they decide."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import coverage, decisions

USERS, METRICS, CONTENDERS, REPLICATES, RUNS = 100_000, 20, 10, 1_000, 3
SIZES = (100, 671, 6_040)
DRAWS, TIMES = 20_000, 4_000
TARGET = (0.94, 0.96)


def run(peer_python: Path) -> None:
    speed()
    memory()
    worlds = {"movielens-small, last-n:10": coverage.sample(), **coverage.large()}
    if len(worlds) == 1:
        print("MovieLens 1M is not here; name its folder in ASSAY_ML1M for its part")
    for name, given in worlds.items():
        print(f"\n{name}: {len(next(iter(given.values()))):,} users")
        held(given)
    for name, given in worlds.items():
        if "last-n" in name:
            print(f"\n{name}, {TIMES:,} bake-offs each")
            decided(given)


def made_up(users: int, columns: int) -> np.ndarray:
    """Values as metrics have them, (users, columns) float32: seven of ten are zeros."""
    rng = np.random.default_rng(0)
    values = np.empty((users, columns), np.float32)
    for c in range(columns):
        values[:, c] = np.where(rng.random(users) < 0.3, rng.random(users), 0.0)
    return values


def speed() -> None:
    from scipy.stats import bootstrap

    from pipelines.evaluation.comparison.comparison import Contrast, declared
    from pipelines.statistics.bootstrap import bootstrap_interval, resampled_means
    from pipelines.statistics.intervals import mean_interval
    from pipelines.statistics.sign_flip import sign_flips

    m = METRICS * CONTENDERS
    values = made_up(USERS, m)
    doubles = values.T.astype(np.float64)
    contrasts = [
        Contrast(f"c{c % 9}", "c9", "ndcg@10", doubles[c], doubles[180 + c // 9])
        for c in range(180)
    ]
    flips = np.stack([np.subtract(c.values, c.baseline_values) for c in contrasts], axis=1)

    def resampled() -> None:
        draws = resampled_means(values, replicates=REPLICATES)
        for point, column in zip(values.mean(axis=0), draws.T, strict=True):
            bootstrap_interval(float(point), column, (0.0, 1.0))

    def by_numpy() -> None:
        rng = np.random.default_rng(0)
        for _ in range(REPLICATES // 100):
            values[rng.integers(0, USERS, USERS)].mean(axis=0)

    def by_scipy() -> None:
        bootstrap(
            (values[:, 0],), np.mean, n_resamples=REPLICATES // 10, batch=10, vectorized=True,
            method="percentile", rng=np.random.default_rng(0),
        )  # fmt: skip

    print(f"{USERS:,} users × {METRICS} metrics × {CONTENDERS} contenders, median of {RUNS}")
    told = f"{REPLICATES:,}-replicate intervals of all {m} columns"
    print(f"Assay, {told}: {timed(resampled):.2f} s")
    scaled = 100 * timed(by_numpy)
    print(f"numpy, rows drawn with replacement, {told}: {scaled:.0f} s (100 × its 10 replicates)")
    scaled = 10 * m * timed(by_scipy)
    print(f"scipy.stats.bootstrap, {told}: {scaled:.0f} s ({10 * m:,} × 100 replicates of one)")
    seconds = timed(lambda: [*map(mean_interval, doubles)])
    print(f"Assay, intervals of all {m} means by formula: {seconds:.2f} s")
    seconds = timed(lambda: declared(contrasts, decisions.USEFUL))
    print(f"Assay, 180 comparisons with Holm: {seconds:.2f} s")
    seconds = timed(lambda: sign_flips(flips, replicates=REPLICATES - 1))
    print(f"Assay, {REPLICATES - 1} sign flips of 180 contrasts: {seconds:.2f} s")


def timed(work: Callable[[], object]) -> float:
    work()  # imports and first touches
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return float(np.median(seconds))


def memory() -> None:
    """1 M users in a process of its own: time, and the peak beyond the input."""
    command = [sys.executable, "-c", "from benchmarks.intervals import million; million()"]
    subprocess.run(command, check=True, cwd=Path(__file__).parent.parent)


def million(users: int = 1_000_000, columns: int = 60) -> None:
    from pipelines.statistics.bootstrap import resampled_means

    values = made_up(users, columns)
    before = peak_gb()
    began = time.perf_counter()
    resampled_means(values, replicates=REPLICATES)
    seconds = time.perf_counter() - began
    print(
        f"{users:,} users × {columns} columns ({values.nbytes / 1e9:.2f} GB), {REPLICATES:,} "
        f"replicates: {seconds:.1f} s, {peak_gb() - before:.2f} GB beyond the input"
    )


def peak_gb() -> float:
    """The most that this process held (Linux): `ru_maxrss` would count what its parent held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e9


def held(given: coverage.World) -> None:
    from pipelines.statistics.intervals import mean_interval, t_interval

    means = {key: v for key, v in given.items() if key[0] != "random"}
    random = {key: v for key, v in given.items() if key[0] == "random"}
    pairs = coverage.differences(given)
    floor = {key: v for key, v in pairs.items() if key[0].startswith("random")}
    pairs = {key: v for key, v in pairs.items() if key not in floor}
    for n in SIZES:
        for what, interval, columns, within in (
            ("means", mean_interval, means, (0.0, 1.0)),
            ("means, plain t", t_interval, means, (0.0, 1.0)),
            ("Random's means", mean_interval, random, (0.0, 1.0)),
            ("differences", t_interval, pairs, (-1.0, 1.0)),
            ("Random - Popular", t_interval, floor, (-1.0, 1.0)),
        ):
            found = coverage.coverage(interval, columns, within, n, DRAWS, processes=2)
            out = {k: s for k, s in found.items() if not TARGET[0] <= round(s, 3) <= TARGET[1]}
            print(
                f"  {n:5,} users, {what:16} {min(found.values()):.1%} to "
                f"{max(found.values()):.1%}, {len(found) - len(out)} of {len(found)} within "
                f"95 ± 1%" + "".join(f"; {' '.join(k)} {s:.1%}" for k, s in out.items())
            )


def decided(given: coverage.World) -> None:
    for n in SIZES:
        for kind, mean, highest, any_of in decisions.false_better(given, n, TIMES):
            print(
                f'  {n:5,} users, null "{kind}": better {mean:.1%} on average, {highest:.1%} at '
                f"most; any by Holm {any_of:.1%} at most"
            )
        for lift in (0.1, 0.2, 0.4):
            alone, holm = decisions.power(given, n, lift, TIMES)
            print(f"  {n:5,} users, planted +{lift:.0%}: better {alone:.1%}, by Holm {holm:.1%}")
