"""The memo: complete, escaped, self-contained, and one page."""

import datetime as dt
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from pipelines.economics.case import load_case
from pipelines.economics.decision import decide, sentence
from pipelines.economics.evidence import Evidence
from pipelines.economics.memo import render_memo, three_numbers

HOSTILE = "<script>alert('x')</script>\"&"
DATE = dt.date(2026, 11, 23)


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def _parse(html):
    parser = _Tags()
    parser.feed(html)
    return parser


def test_memo_says_it_all():
    case = load_case("shop")
    decision = decide(case)
    page = _parse(render_memo(decision, case, None, DATE))
    for text in (
        sentence(decision),
        "$145 k",
        "$45 k",
        "36%",
        "2026-11-23",
        "Dissent",
        "Exit plan",
        "What would reverse the decision",
        "beta pricing page",
        *decision.reverses,
        *decision.reasons,
    ):
        assert text in page.text


def test_users_text_is_escaped_and_nothing_is_loaded():
    case = load_case("shop").model_copy(
        update={
            "title": HOSTILE,
            "dissent": HOSTILE,
            "exit_plan": HOSTILE,
            "sources": {"margin": HOSTILE, "buy.uplift": HOSTILE},
        }
    )
    evidence = Evidence(dataset=HOSTILE, is_sample=True, bakeoff_id=HOSTILE)
    html = render_memo(decide(case, evidence), case, evidence, HOSTILE)
    page = _parse(html)
    assert "<script" not in html and page.text.count(HOSTILE) >= 6
    assert not [tag for tag, _ in page.tags if tag in ("script", "img", "link", "iframe")]
    assert not re.search(r"url\(|https?://|@import", html)


def test_memo_without_a_case():
    evidence = Evidence(dataset="movielens-small", is_sample=True)
    decision = decide(None, evidence)
    page = _parse(render_memo(decision, None, evidence, "2026-11-23"))
    assert "sample data, five inputs missing" in page.text
    assert three_numbers(decision)[0] == ("5", "inputs missing")


@pytest.mark.parametrize("name", ["shop", "video", "data-poor"])
def test_prints_on_one_page(name, tmp_path):
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("no chromium: apt-get install chromium")
    case = load_case(name)
    (tmp_path / "memo.html").write_text(render_memo(decide(case), case, None, DATE), "utf-8")
    subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={tmp_path / 'memo.pdf'}",
            (tmp_path / "memo.html").as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    pages = re.findall(rb"/Type\s*/Page\b", (tmp_path / "memo.pdf").read_bytes())
    assert len(pages) == 1
