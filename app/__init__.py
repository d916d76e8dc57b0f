"""The Streamlit app: pages over the workspace."""

from pathlib import Path

ICON = Path(__file__).resolve().parent / "icon.svg"
"""Shown in a browser's tab; Streamlit would fetch one of its own from the internet."""
PAGES = Path(__file__).resolve().parent / "pages"
"""The folder of the pages, one file each."""
