"""The app's entry: page configuration, sign-in, navigation."""

from pathlib import Path

import streamlit as st

from app import access, navigation

# A local file: Streamlit fetches its own tab icons from the internet.
ICON = Path(__file__).resolve().parent / "app" / "icon.svg"

st.set_page_config(page_title="Assay", page_icon=str(ICON), layout="wide")
access.gate()
navigation.run()
