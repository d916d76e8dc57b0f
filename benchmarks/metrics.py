"""Six metrics of 100,000 users × 20 recommended items × 10 truths: Assay beside RecTools.

Both score the same two tables of external ids, in turn, each time read anew from disk, so
that nothing of an earlier run is there. Assay gives each user's values, RecTools means.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

USERS, PLACES, TRUTHS, ITEMS, K, RUNS = 100_000, 20, 10, 20_000, 10, 5
MANY_USERS = 1_000_000
KINDS = {
    "whole numbers": ("whole", ""),
    "whole numbers, rows shuffled": ("whole shuffled", ""),
    "text": ("text", ""),
    "text, rows shuffled": ("text shuffled", ""),
    "text as Python objects": ("text", "object"),
    "text as Python objects, rows shuffled": ("text shuffled", "object"),
}
"""What the ids are → the tables' name, and the dtype that their ids get once read."""


def lists(users: int = USERS, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Items recommended (users, PLACES) and interacted with (users, TRUTHS), no copies in a row."""
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, ITEMS, (users, 1))
    steps = rng.integers(1, 50, (users, PLACES + TRUTHS)).cumsum(axis=1)
    drawn = ((starts + steps) % ITEMS).astype(np.int32)
    # Half of the truths are taken from the list, so that there is something to hit.
    truth = np.concatenate([drawn[:, : TRUTHS // 2], drawn[:, PLACES : PLACES + TRUTHS // 2]], 1)
    order = rng.permuted(np.tile(np.arange(PLACES), (users, 1)), axis=1)
    return np.take_along_axis(drawn[:, :PLACES], order, axis=1), truth


PEER = """
import sys, time
import pandas as pd
from rectools.metrics import MAP, MRR, NDCG, HitRate, Precision, Recall, calc_metrics
k = int(sys.argv[1])
metrics = {"ndcg": NDCG(k=k, divide_by_achievable=True), "recall": Recall(k=k),
           "precision": Precision(k=k), "map": MAP(k=k, divide_by_k=False), "mrr": MRR(k=k),
           "hit_rate": HitRate(k=k)}
for line in sys.stdin:
    reco, truth, dtype = line.rstrip("\\n").split("\\t")
    tables = [pd.read_parquet(path) for path in (reco, truth)]
    # pandas 2 reads text as Python objects; its dtype for text is "string".
    texts = {c: dtype or "string" for c in ("user_id", "item_id") if tables[0][c].dtype == object}
    reco, truth = (table.astype(texts) for table in tables)
    began = time.perf_counter()
    found = calc_metrics(metrics, reco=reco, interactions=truth)
    print(time.perf_counter() - began, *(found[name] for name in sorted(metrics)), flush=True)
"""


def tables(folder: Path) -> None:
    """Writes the tables: whole numbers and texts, in order and shuffled, ranks at random."""
    shown, taken = lists()
    rng = np.random.default_rng(1)
    whole = frames(shown, taken)
    texts = [
        frame.assign(
            user_id="user_" + frame["user_id"].astype(str),
            item_id="item_" + frame["item_id"].astype(str),
        )
        for frame in whole
    ]
    for name, pair in (("whole", whole), ("text", texts)):
        for side, frame in zip(("reco", "truth"), pair, strict=True):
            frame.to_parquet(folder / f"{name}.{side}.parquet", index=False)
            shuffled = frame.iloc[rng.permutation(len(frame))]
            shuffled.to_parquet(folder / f"{name} shuffled.{side}.parquet", index=False)


def frames(shown: np.ndarray, taken: np.ndarray) -> list[pd.DataFrame]:
    """Recommendations, each list's rows in an order of their own, and truths; int64 ids."""
    import pandas as pd

    n, places = shown.shape
    users = np.arange(n, dtype=np.int64)
    order = np.random.default_rng(2).permuted(np.tile(np.arange(places), (n, 1)), axis=1)
    reco = pd.DataFrame(
        {
            "user_id": np.repeat(users, places),
            "item_id": np.take_along_axis(shown, order, axis=1).ravel().astype(np.int64),
            "rank": order.ravel() + 1,
        }
    )
    repeated = np.repeat(users, taken.shape[1])
    truth = pd.DataFrame({"user_id": repeated, "item_id": taken.ravel().astype(np.int64)})
    return [reco, truth]


def scored(reco: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """A row per user with its id and the values of all metrics that a truth suffices for."""
    from pipelines.evaluation.evaluate_file import evaluate_frames

    return evaluate_frames(reco, truth, ks=(K,)).per_user


def run(peer_python: Path) -> None:
    from_codes()
    with tempfile.TemporaryDirectory() as folder:
        tables(Path(folder))
        beside(Path(folder), peer_python)
    memory()


def from_codes() -> None:
    from pipelines.evaluation.metrics.accuracy import per_user
    from pipelines.schema import Ragged

    shown, taken = lists()
    truth = Ragged(np.arange(USERS + 1, dtype=np.int64) * TRUTHS, taken.ravel())
    seconds = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        per_user(shown, truth, (K,))
        seconds.append(time.perf_counter() - began)
    print(f"from codes, per-user values: {np.median(seconds[1:]):.4f} s (median of {RUNS})")


def beside(folder: Path, peer_python: Path) -> None:
    """Each kind of table, Assay and RecTools in turn; the first run of each is a warm-up."""
    import pandas as pd

    from pipelines.evaluation.metrics.names import MAIN

    with subprocess.Popen(
        [str(peer_python), "-c", PEER, str(K)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as peer:
        assert peer.stdin is not None and peer.stdout is not None
        print(f"{'ids':40} {'Assay, s':>9} {'RecTools, s':>12} {'ratio':>6}  largest gap of a mean")
        for kind, (name, dtype) in KINDS.items():
            paths = [folder / f"{name}.{side}.parquet" for side in ("reco", "truth")]
            mine, theirs, gap = [], [], 0.0
            for _ in range(RUNS + 1):
                pair = [pd.read_parquet(path) for path in paths]
                if dtype:
                    pair = [
                        table.astype(dict.fromkeys(("user_id", "item_id"), dtype)) for table in pair
                    ]
                began = time.perf_counter()
                values = scored(*pair)
                mine.append(time.perf_counter() - began)
                peer.stdin.write("\t".join([*map(str, paths), dtype]) + "\n")
                peer.stdin.flush()
                second, *means = map(float, peer.stdout.readline().split())
                theirs.append(second)
                ours = values[[f"{name}@{K}" for name in sorted(MAIN)]].mean()
                gap = max(gap, float(np.abs(ours.to_numpy() - means).max()))
            ours_s, theirs_s = np.median(mine[1:]), np.median(theirs[1:])
            print(f"{kind:40} {ours_s:9.3f} {theirs_s:12.3f} {theirs_s / ours_s:6.1f}  {gap:.0e}")
        peer.stdin.close()


MEMORY = """
import sys
import numpy as np
from benchmarks.metrics import MANY_USERS, frames, lists, scored
scored(*frames(*lists(1_000)))
reco, truth = frames(*lists(MANY_USERS))
if sys.argv[1] == "text":
    reco, truth = (f.assign(user_id="user_" + f["user_id"].astype(str),
                            item_id="item_" + f["item_id"].astype(str)) for f in (reco, truth))
with open("/proc/self/clear_refs", "w") as reset:
    reset.write("5")  # the peak so far is forgotten
def held(name):
    for line in open("/proc/self/status"):
        if line.startswith(name):
            return int(line.split()[1]) * 1024 / 1e9
before = held("VmRSS:")
values = scored(reco, truth)
print(f"{len(values):,} users, {sys.argv[1]}: {held('VmHWM:') - before:.2f} GB beyond the input "
      f"of {before:.2f} GB")
"""


def memory() -> None:
    """The peak beyond the input for ten times as many users, in a process of its own (Linux)."""
    for kind in ("whole numbers", "text"):
        subprocess.run([sys.executable, "-c", MEMORY, kind], check=True)
