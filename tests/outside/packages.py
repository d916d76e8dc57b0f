"""Packages outside of Assay, written from the documents and installed in an environment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from pipelines.runtime import paths

DOCS = paths.CHECKOUT / "docs"
PAGES = ("writing-a-stage.md", "writing-an-adapter.md", "writing-a-metric.md", "behavior.md")
"""Pages that show a whole package: each block begins with its file's name."""
BLOCK = re.compile(
    r"^```(?:python|toml)\n# (\S+\.(?:py|toml))\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


def files_of(page: str) -> dict[str, str]:
    """The files that a page shows, by name."""
    found = BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))
    return dict(found)


def write(files: dict[str, str], folder: Path) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Environment:
    """A new environment that has Assay and what it needs, but neither our tests nor checkout."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "env" / "bin" / "python"

    @staticmethod
    def make(folder: Path) -> Environment:
        made = Environment(folder)
        _ran([sys.executable, "-m", "venv", "--without-pip", str(folder / "env")], folder)
        ours = folder / "assay"
        ours.mkdir()
        for name in ("pipelines", "app"):
            (ours / name).symlink_to(paths.CHECKOUT / name)
        there = made.run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout
        # Plain paths: what this environment has, without its own links to a checkout.
        lines = [str(ours), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
        Path(there.strip(), "beside.pth").write_text("\n".join(dict.fromkeys(lines)) + "\n")
        return made

    def install(self, package: Path) -> None:
        """As `pip install`, without a network: everything that it needs is there."""
        uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
        assert uv is not None, "uv is missing; `make install` brings it"
        command = [uv, "pip", "install", "--quiet", "--offline", "--no-deps"]
        command += ["--no-build-isolation", "--python", str(self.python), str(package)]
        _ran(command, self.folder)

    def run(
        self, *arguments: str, home: Path | None = None, folder: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """`python ARGUMENTS`, with its workspace in `home`."""
        return subprocess.run(
            [str(self.python), *arguments],
            cwd=folder or self.folder,
            env=_environment() | ({} if home is None else {"ASSAY_HOME": str(home)}),
            capture_output=True,
            text=True,
        )


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "ASSAY_HOME")}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1"}


def _ran(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
