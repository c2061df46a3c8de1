"""The encoding of text, from its bytes alone."""

from __future__ import annotations

import codecs
import itertools
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from segmentation.reading.source import Content
from segmentation.results import Question, Reading

SAMPLE_BYTES = 200_000
# What each is held back by, because it is rarer: letters alone can't tell Spanish from Polish.
SINGLE_BYTE = {
    "cp1252": 0.0,
    "iso8859_15": 0.01,
    "cp1250": 0.1,
    "mac_roman": 0.1,
    "cp850": 0.12,
    "iso8859_2": 0.14,
}
MOST_WORDS = 5000
LEAST_LIKELY = 0.5
CLOSE = 0.08
FOREIGN = 0.7

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The letters beyond ASCII of a language; a text is mostly in one of them.
_ALPHABETS = tuple(
    frozenset(letters)
    for letters in (
        "äöüß",
        "éèêëàâçîïôùûœ",
        "áéíóúñü",
        "ãõáéíóúâêôçà",
        "àèéìòù",
        "åäöé",
        "æøåé",
        "ąćęłńóśźż",
        "áčďéěíňóřšťúůýž",
        "áéíóöőúüű",
    )
)
_SIGNS = frozenset("€£§°²³½¼®©™«»„“”‘’–—…•·¿¡ºª´×±")
_WORD = re.compile(rb"""[^\s,;|"']{0,20}[\x80-\xff][^\s,;|"']{0,20}""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """The encoding found.

    Parameters
    ----------
    name : str
        Python's name for it.
    question : Question or None
        Set if another encoding gives text that is about as likely.
    """

    name: str
    question: Question | None = None


def detect_encoding(data: Content, name: str = "") -> Encoding:
    """Find the encoding: by its mark, by its zeros, as UTF-8, else the likeliest single-byte one.

    UTF-8 may have bytes that are none of it, as where a file was put together from others.
    A single-byte encoding is judged by its letters beyond ASCII: they should be letters within
    words and in the case of their neighbours, or signs where signs stand.

    Examples
    --------
    >>> [detect_encoding("Zoë kauft für 5 €".encode(e)).name for e in ("utf-8", "cp1252")]
    ['utf-8', 'cp1252']
    """
    told = _by_mark(data) or wide(data[:SAMPLE_BYTES])
    if told:
        return Encoding(name=told)
    if is_utf8(data):
        return Encoding(name="utf-8")
    high = b"\n".join(itertools.islice((m[0] for m in _WORD.finditer(data)), MOST_WORDS))
    if _is_mostly_utf8(high):
        return Encoding(name="utf-8")
    ranked = sorted(SINGLE_BYTE, key=lambda name: SINGLE_BYTE[name] - likelihood(high, name))
    encoding = ranked[0]
    if likelihood(high, encoding) < LEAST_LIKELY:
        import charset_normalizer

        guess = charset_normalizer.from_bytes(data[:SAMPLE_BYTES]).best()
        return Encoding(name=guess.encoding if guess is not None else "cp1252")
    rival = next((other for other in ranked[1:] if _is_close(high, encoding, other)), None)
    question = None if rival is None else _question(bytes(data), (encoding, rival), name)
    return Encoding(name=encoding, question=question)


def has_mark(data: Content) -> bool:
    """Tell whether a text begins with the mark of its encoding."""
    return _by_mark(data) is not None


def _by_mark(data: Content) -> str | None:
    return next((encoding for mark, encoding in _BOMS if data[: len(mark)] == mark), None)


def is_utf8(data: Content) -> bool:
    """Tell whether bytes are valid UTF-8, without making text of them."""
    offsets = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    text = pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(data)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _is_mostly_utf8(high: bytes) -> bool:
    """Tell UTF-8 with some bad bytes: no other encoding makes whole characters but by chance."""
    bad = len(high.decode("utf-8", "replace")) - len(high.decode("utf-8", "ignore"))
    good = sum(char > "\x7f" for char in high.decode("utf-8", "ignore"))
    return good > bad


def likelihood(high: bytes, encoding: str) -> float:
    """Judge what an encoding makes of the bytes beyond ASCII, each with its neighbours.

    Returns
    -------
    float
        Mean over those characters, at most 1; below 0 if most are impossible.

    Examples
    --------
    >>> likelihood("für".encode("cp1252"), "cp1252") > likelihood("für".encode("cp1252"), "cp850")
    True
    """
    try:
        text = high.decode(encoding)
    except UnicodeDecodeError:
        return -1.0
    points = _points(text)
    return sum(points.values()) / max(len(points), 1)


def _is_close(high: bytes, best: str, rival: str) -> bool:
    """Tell whether a rival is about as likely where it differs from the best."""
    try:
        ours, theirs = high.decode(best), high.decode(rival)
    except UnicodeDecodeError:
        return False
    best_points, rival_points = _points(ours), _points(theirs)
    gaps = [
        best_points.get(i, 0.0) - rival_points.get(i, 0.0)
        for i in range(len(ours))
        if ours[i] != theirs[i]
    ]
    held_back = SINGLE_BYTE[rival] - SINGLE_BYTE[best]
    return bool(gaps) and sum(gaps) / len(gaps) + held_back < CLOSE


def _points(text: str) -> dict[int, float]:
    """Judge each character beyond ASCII by its neighbours, and letters by their language too."""
    places = [i for i, char in enumerate(text) if ord(char) > 127]
    letters = Counter(text[i].lower() for i in places if text[i].isalpha())
    alphabet = max(_ALPHABETS, key=lambda known: sum(letters[letter] for letter in known))
    return {
        i: _fit(text[i - 1 : i] if i else "", text[i], text[i + 1 : i + 2])
        * (1.0 if not text[i].isalpha() or text[i].lower() in alphabet else FOREIGN)
        for i in places
    }


def _fit(before: str, char: str, after: str) -> float:
    """Judge a character by its neighbours alone."""
    category = unicodedata.category(char)
    if category in ("Cc", "Cn", "Co"):
        return -1.0
    in_word = before.isalpha() or after.isalpha()
    if char.isalpha():
        lower = char.islower()
        among_capitals = before.isupper() and after.isupper()
        within_word = before.islower() or (before.isalpha() and after.islower())
        if among_capitals if lower else within_word:
            return -0.5
        return 1.0 if in_word else 0.3
    if char in _SIGNS or category == "Zs":
        return -1.0 if before.isalpha() and after.isalpha() and char not in "’–·" else 0.8
    return -0.5 if in_word else 0.1


def wide(head: bytes) -> str | None:
    """Tell UTF-16 without its mark by the zeros in every other byte."""
    if len(head) < 4 or b"\x00" not in head:
        return None
    even, odd = (head[start::2].count(0) / (len(head) / 2) for start in (0, 1))
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.1 else None


def _question(data: bytes, rivals: tuple[str, str], name: str) -> Question:
    line = next(line for line in data.splitlines() if not line.isascii() and _differs(line, rivals))
    word = next(word for word in line.split() if not word.isascii() and _differs(word, rivals))
    return Question(
        setting="encoding",
        text="Which of these is spelled right?",
        where=name,
        readings=tuple(
            Reading(
                value=rival,
                label=rival,
                examples=((word.decode("ascii", "replace"), word.decode(rival)),),
            )
            for rival in rivals
        ),
    )


def _differs(part: bytes, rivals: tuple[str, str]) -> bool:
    return part.decode(rivals[0]) != part.decode(rivals[1])
