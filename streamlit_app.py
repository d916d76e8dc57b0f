"""The app's entry: page configuration, sign-in, navigation."""

import streamlit as st

from app import ICON, access, collector, fields, navigation, upload_gate

fields.begin()
st.set_page_config(page_title="Assay", page_icon=str(ICON), layout="wide")
upload_gate.install()
collector.install()
access.gate()
navigation.run()
