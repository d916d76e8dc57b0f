"""Completes the wheel: files that lie outside of the packages in a checkout are copied in.

Everything else about the project is in pyproject.toml. `pipelines/runtime/paths.py` finds the
files in both places; an editable install leaves them where they are.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SAMPLE = "data/movielens-small"
COPIED = {
    **{
        f"{SAMPLE}/{name}": "pipelines/_samples/movielens-small"
        for name in ("LICENSE.txt", "README.md", "movies.parquet", "ratings.parquet")
    },
    **{
        str(file): f"pipelines/_samples/movielens-small/{file.relative_to(SAMPLE).parent}"
        for file in sorted(Path(SAMPLE, "bakeoff").rglob("*.*"))
    },
    "streamlit_app.py": "app/entry",
    ".streamlit/config.toml": "app/entry/.streamlit",
}


class BuildComplete(build_py):
    """Copies the packages, then `COPIED`."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for file, folder in COPIED.items():
            target = Path(self.build_lib, folder)
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target / Path(file).name)


setup(cmdclass={"build_py": BuildComplete})
