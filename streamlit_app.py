"""The app's entry: page configuration, sign-in, navigation."""

import streamlit as st

from app import ICON, access, collector, navigation, upload_gate

st.set_page_config(page_title="Assay", page_icon=str(ICON), layout="wide")
upload_gate.install()
collector.install()
access.gate()
navigation.run()
