"""Guesses the encoding of text that is not UTF-8, where its bytes show another script.

An encoding is taken if nearly all characters above ASCII are everyday ones of its script. Western
text has single letters above ASCII between others, which no other script has.
"""

from __future__ import annotations

import codecs
import re

_LEAST = 6
"""Bytes above ASCII; fewer are not enough for a guess."""
_MOSTLY = 0.9
_WIDE = "\u3000-\u303f\uff01-\uff5e"
"""Punctuation and letters as wide as an ideograph."""
_PAIRS = {
    # The encoding, its script, an older one with the everyday characters, and their first bytes.
    "cp949": (f"[\uac00-\ud7a3{_WIDE}]", "euc_kr", (0xB0, 0xC8)),
    "shift_jis": (f"[\u3040-\u30ff\u4e00-\u9fff{_WIDE}]", "shift_jis", (0x81, 0x97)),
    "gb18030": (f"[\u4e00-\u9fff{_WIDE}]", "gb2312", (0xA1, 0xD7)),
    "euc_jp": (f"[\u3040-\u30ff\u4e00-\u9fff{_WIDE}]", "euc_jp", (0xA1, 0xCF)),
    "big5": (f"[\u4e00-\u9fff{_WIDE}]", "big5", (0xA1, 0xC6)),
}
_KANA = re.compile("[\u3040-\u30ff]")
_LETTERS = {
    # The commonest small letters of Russian and Greek.
    "windows-1251": "оеаинтсрвл",
    "koi8-r": "оеаинтсрвл",
    "windows-1253": "αιοετσνηυρά",
}


def guess(head: bytes) -> str | None:
    """The name of an encoding (Python's) for the beginning of a text; None if it may be Western."""
    if sum(map(len, re.findall(rb"[\x80-\xff]+", head))) < _LEAST:
        return None
    scores = {name: _pairs(head, name) for name in _PAIRS}
    if max(scores.values()) == 0:
        scores = {name: _letters(head, name) for name in _LETTERS}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0 else None


def _decoded(head: bytes, encoding: str) -> str:
    """The characters above ASCII; empty if the bytes are not text in that encoding."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return ""
    return "".join(ch for ch in text if ch > "\x7f")


def _pairs(head: bytes, encoding: str) -> float:
    """The share of everyday characters of two bytes; 0 if they are too few."""
    script, older, (low, high) = _PAIRS[encoding]
    text = _decoded(head, encoding)
    if not text or (encoding == "euc_jp" and not _KANA.search(text)):
        return 0.0  # Chinese may be read as Japanese without kana
    codes = [ch.encode(older, errors="ignore") for ch in re.findall(script, text)]
    share = sum(len(code) == 2 and low <= code[0] <= high for code in codes) / len(text)
    return share if share >= _MOSTLY else 0.0


def _letters(head: bytes, encoding: str) -> float:
    """The share of common small letters; 0 if most bytes above ASCII are not in words of them."""
    words = sum(map(len, re.findall(rb"[\x80-\xff]{3,}", head)))
    text = _decoded(head, encoding)
    if not text or words * 2 < len(text):
        return 0.0
    small = [ch for ch in text if ch.isalpha() and ch == ch.lower()]
    share = sum(ch in _LETTERS[encoding] for ch in small) / len(text)
    return share if len(small) * 2 > len(text) and share >= 0.4 else 0.0
