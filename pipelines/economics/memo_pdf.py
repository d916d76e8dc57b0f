"""A memo as PDF: its HTML, laid out again by ReportLab, which is an optional package."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipelines.errors import AssayError

MISSING = "A memo as PDF needs ReportLab; run `pip install 'assay[pdf]'`, or name an .html file."
TEXT, BOLD = "DejaVuSans", "DejaVuSans-Bold"
FALLBACK = ("Helvetica", "Helvetica-Bold")
PRIMARY, QUIET, LINE = "#0B6E75", "#5B636B", "#DDD9CF"
MARGIN_MM, PAGE_WIDTH_MM = 13, 210
LEAST, MOST = 11, 60
"""Characters that a column's width is weighed by, at least and at most."""


@dataclass
class Cell:
    """A cell of a table."""

    text: str = ""
    head: bool = False
    number: bool = False


@dataclass
class Block:
    """A part of a memo: `h1`, `h2`, `p`, `li`, `header`, `table` or `numbers`."""

    kind: str
    text: str = ""
    rows: list[list[Cell]] = field(default_factory=list)


class _Blocks(HTMLParser):
    """Reads the blocks of a memo's HTML, which `memo.html.j2` wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Block] = []
        self._open: Block | None = None
        self._cell: Cell | None = None
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = str(dict(attrs).get("class") or "").split()
        if tag in ("style", "title", "script"):
            self._skipped += 1
        elif tag in ("h1", "h2", "p", "li", "header"):
            self._open = self._begin(Block(tag))
        elif tag == "table" or (tag == "div" and "numbers" in kind):
            self._begin(Block("table" if tag == "table" else "numbers", rows=[]))
        elif tag == "tr" or (tag == "div" and self.found and self.found[-1].kind == "numbers"):
            self.found[-1].rows.append([])
        elif tag in ("td", "th", "b") and self.found and self.found[-1].rows:
            self._cell = Cell(head=tag == "th", number="n" in kind)
            self.found[-1].rows[-1].append(self._cell)
        elif tag == "span" and self.found and self.found[-1].kind == "numbers":
            self._cell = Cell()
            self.found[-1].rows[-1].append(self._cell)
        elif tag == "time" and self._open is not None:
            self._open.text += ", "
        elif tag == "span" and "blank" in kind and self._open is not None:
            self._open.text += "_" * 30

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "title", "script"):
            self._skipped -= 1
        elif tag in ("td", "th", "b", "span"):
            self._cell = None
        elif tag in ("h1", "h2", "p", "li", "header"):
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        text = " ".join(data.split())
        if self._cell is not None:
            self._cell.text += text
        elif self._open is not None and text:
            self._open.text += (" " if data[:1].isspace() and self._open.text else "") + text

    def _begin(self, block: Block) -> Block:
        self.found.append(block)
        return block


def blocks(html: str) -> list[Block]:
    """The parts of a memo in order; empty ones are left out."""
    reader = _Blocks()
    reader.feed(html)
    return [block for block in reader.found if block.text.strip() or any(block.rows)]


def to_pdf(html: str) -> bytes:
    """The memo as a PDF (A4); an `AssayError` where ReportLab is not installed."""
    if find_spec("reportlab") is None:
        raise AssayError(MISSING)
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    parts = blocks(html)
    title = next((block.text for block in parts if block.kind == "h1"), "Memo")
    out = io.BytesIO()
    made = SimpleDocTemplate(
        out, pagesize=A4, title=title, author="Assay", invariant=1,
        leftMargin=MARGIN_MM * mm, rightMargin=MARGIN_MM * mm,
        topMargin=MARGIN_MM * mm, bottomMargin=MARGIN_MM * mm,
    )  # fmt: skip
    styles = _styles(*_fonts())
    made.build([_drawn(block, styles) for block in parts])
    return out.getvalue()


def _fonts() -> tuple[str, str]:
    """A regular and a bold font: DejaVu Sans, which comes with Matplotlib, or Helvetica."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        return FALLBACK
    folder = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
    if not all((folder / f"{name}.ttf").is_file() for name in (TEXT, BOLD)):
        return FALLBACK
    for name in (TEXT, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    return TEXT, BOLD


def _styles(text: str, bold: str) -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle

    def style(name: str, size: float, **more: Any) -> Any:
        return ParagraphStyle(name, **{"fontName": text, "fontSize": size, "leading": 1.3 * size,
                                       **more})  # fmt: skip

    return {
        "header": style("header", 7.5, textColor=QUIET),
        "h1": style("h1", 16, fontName=bold, textColor=PRIMARY, spaceBefore=4, spaceAfter=2),
        "h2": style("h2", 8.5, fontName=bold, spaceBefore=6, spaceAfter=1),
        "p": style("p", 7.5, spaceAfter=1),
        "li": style("li", 7.5, leftIndent=9, bulletIndent=1),
        "cell": style("cell", 6.6),
        "head": style("head", 6.6, fontName=bold, textColor=QUIET),
        "number head": style("number head", 6.6, fontName=bold, textColor=QUIET, alignment=2),
        "number": style("number", 6.6, alignment=2),
        "figure": style("figure", 13, fontName=bold),
    }


def _drawn(block: Block, styles: dict[str, Any]) -> Any:
    from reportlab.platypus import Paragraph

    if block.rows:
        return _figures(block, styles) if block.kind == "numbers" else _table(block, styles)
    text = escape(block.text.strip(), quote=False)
    if block.kind == "h1":
        text = text[:1].upper() + text[1:]
    return Paragraph(text, styles[block.kind], bulletText="•" if block.kind == "li" else None)


def _figures(block: Block, styles: dict[str, Any]) -> Any:
    """The memo's large numbers side by side, each above what it is."""
    from reportlab.platypus import Paragraph, Table

    kinds = ("figure", "p")
    columns = [
        [Paragraph(escape(cell.text, quote=False), styles[kind])
         for kind, cell in zip(kinds, row, strict=False)]
        for row in block.rows if row
    ]  # fmt: skip
    return Table([columns], colWidths=[_width() / len(columns)] * len(columns))


def _table(block: Block, styles: dict[str, Any]) -> Any:
    from reportlab.platypus import Paragraph, Table, TableStyle

    rows = [row for row in block.rows if row]
    n = max(map(len, rows))
    weights = [
        min(MOST, max([LEAST, *(len(row[at].text) for row in rows if at < len(row))]))
        for at in range(n)
    ]
    drawn = [
        [
            Paragraph(
                escape(cell.text, quote=False),
                styles[
                    " ".join(filter(None, ("number" * cell.number, "head" * cell.head))) or "cell"
                ],
            )
            for cell in row
        ]
        for row in rows
    ]
    widths = [_width() * weight / sum(weights) for weight in weights]
    look = TableStyle(
        [
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 5),
            ("TOPPADDING", (0, 0), (-1, -1), 0.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ]
    )
    return Table(drawn, colWidths=widths, style=look, hAlign="LEFT")


def _width() -> float:
    """Of the text, in points."""
    from reportlab.lib.units import mm

    return float((PAGE_WIDTH_MM - 2 * MARGIN_MM) * mm)
