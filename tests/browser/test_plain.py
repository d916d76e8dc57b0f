"""Text of the user in Streamlit's Markdown is shown exactly as written."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.driving import SLOW_MS, new_page, start_app

WRITTEN = [
    ":material/home: Heat", ":material_home:", ":streamlit:", "so :100: it is", ":+1:", ":smile:",
    "12:30:45 :smile:", "asked at 12:30", "time:0.9: note", "color:red", "a:red-background[b]",
    "::name[x]", ":::name", ":help[x]", "a:b[c]{d=e}", "R&D &lt;b&gt; &#58; &amp;", "# one", "C #",
    "one\n# two", "one\n\n- two", "1. one", "2) two", "- one", "+ one", "---", "    four spaces",
    "$a$ and $b$", "a_b_c *d* `e` ~~f~~ [g](h) <b>i</b> \\j", "<!-- c -->", "~~~",
]  # fmt: skip
SCRIPT = """
import sys
sys.path.insert(0, {checkout!r})
import streamlit as st
from app.components import page, toolbar

for at, text in enumerate({written!r}):
    with st.container(key=f"text-{{at}}"):
        st.markdown(page.plain(text))
    with st.container(key=f"line-{{at}}"):
        st.caption(f"- {{page.plain(text)}}")
    with st.container(key=f"heading-{{at}}"):
        st.header(page.plain(text), anchor=False)
    with st.container(key=f"choice-{{at}}"):
        toolbar.choice("One", [text, "other"], key=f"key-{{at}}", default="other")
st.title("Drawn", anchor=False)
"""


def test_it_reads_as_written(browser: Browser, tmp_path: Path) -> None:
    script = tmp_path / "shown.py"
    checkout = str(Path(__file__).parents[2])
    script.write_text(SCRIPT.format(checkout=checkout, written=WRITTEN))
    app = start_app(tmp_path, tmp_path / "app.log", prepared=False, script=script)
    try:
        page = new_page(browser)
        page.goto(app.address())
        expect(page.get_by_role("heading", name="Drawn")).to_be_visible(timeout=SLOW_MS)
        for at, text in enumerate(WRITTEN):
            for place in ("text", "line", "heading", "choice"):
                box = page.locator(f".st-key-{place}-{at}")
                shown = box.get_by_role("radio").first if place == "choice" else box
                shown = shown.locator("visible=true").first
                # `plain` adds an invisible joiner to what Streamlit looks for after unescaping.
                visible = " ".join(shown.inner_text().replace("\u2060", "").split())
                assert visible == " ".join(text.split()), (place, text, visible)
        page.context.close()
    finally:
        app.end()
