"""Where things are: the program's files, the workspace's folder and MLflow's store.

In a checkout the workspace is `data/workspace` and MLflow's store `mlruns`. Installed from a
wheel, both are in the user's data folder (`~/.local/share/assay` on Linux). `ASSAY_HOME` names
another folder and wins in both. All paths are absolute: a relative SQLite address depends on
the current folder, and two programs would silently use two stores.
"""

import os
from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
"""The folder of the package `pipelines`."""
CHECKOUT = PACKAGE.parent
"""The folder that holds the packages: the checkout's, or site-packages."""
IN_CHECKOUT = all((CHECKOUT / name).is_file() for name in ("pyproject.toml", "streamlit_app.py"))
"""Whether the program runs from a checkout, and not from an installed wheel."""
SAMPLES = CHECKOUT / "data" if IN_CHECKOUT else PACKAGE / "_samples"
"""A folder per bundled sample."""
APP = CHECKOUT if IN_CHECKOUT else CHECKOUT / "app" / "entry"
"""The folder of `streamlit_app.py` and `.streamlit`, where Streamlit is started."""
SPECS = PACKAGE / "recommender" / "specs"


def home() -> Path:
    """The workspace's folder (absolute); it need not exist yet."""
    named = os.environ.get("ASSAY_HOME")
    if named:
        given = Path(named).expanduser()
        return _resolved(given if given.is_absolute() else Path.cwd() / given)
    return CHECKOUT / "data" / "workspace" if IN_CHECKOUT else _user_data() / "workspace"


@lru_cache(maxsize=32)
def _resolved(path: Path) -> Path:
    """Looking up each folder of the path again took 3% of a page switch."""
    return path.resolve()


def mlruns() -> Path:
    """The folder of MLflow's SQLite store and artifacts (absolute)."""
    if os.environ.get("ASSAY_HOME"):
        return home() / "mlruns"
    return CHECKOUT / "mlruns" if IN_CHECKOUT else _user_data() / "mlruns"


def tracking_uri() -> str:
    """MLflow's store: `MLFLOW_TRACKING_URI` wins, else SQLite under `mlruns()`."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{mlruns() / 'mlflow.db'}"


def _user_data() -> Path:
    from platformdirs import user_data_path

    return user_data_path("assay", appauthor=False).resolve()
