"""The Streamlit app: pages over the workspace."""

from pathlib import Path

PAGES = Path(__file__).resolve().parent / "pages"
"""The folder of the pages, one file each."""
