"""Bytes in any encoding to UTF-8; those that are no text in it are mended, counted and shown."""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from collections.abc import Iterator

from segmentation.errors import ReadError
from segmentation.reading.encoding import SAMPLE_BYTES, has_mark, wide
from segmentation.reading.source import Content, gathered, let_go
from segmentation.results import Change

BLOCK_BYTES = 4 << 20
MOST_SHOWN = 20
SHOWN_AROUND = 20
MOST_UNREADABLE = 0.9
REPLACEMENT = "\ufffd"
TAKEN_FOR_LETTERS = "bytes that are no {encoding} taken for cp1252 letters"
REPLACED = "bytes that are no {encoding} replaced"

# A byte that can't be decoded passes through as a lone surrogate, which no text has.
_SURROGATE = 0xDC00
_CUT_OFF = 0x100
_BAD = re.compile("[\udc00-\uddff]")
_LINE_END = re.compile(r"\r\n|\r|\n")


def _as_surrogates(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    first = _SURROGATE + (
        _CUT_OFF if error.end == len(error.object) and "end" in error.reason else 0
    )
    bad = error.object[error.start : error.end]
    return "".join(chr(first + byte) for byte in bad), error.end


codecs.register_error("as-surrogates", _as_surrogates)


def _letters(encoding: str) -> dict[int, str]:
    """Map each bad byte to what is put for it: UTF-8 and cp1252 are often found in one file."""
    mixed = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig", "ascii")
    chars = [bytes([byte]).decode("cp1252", "replace") for byte in range(256)]
    letters = [char if mixed and char.isalpha() else REPLACEMENT for char in chars]
    # Of a character that is cut off at the end of the file, the first byte is no letter.
    return dict(enumerate([*letters, *[REPLACEMENT] * len(letters)], start=_SURROGATE))


def to_utf8(data: Content, encoding: str, name: str) -> tuple[Content, tuple[Change, ...]]:
    """Write a text in UTF-8.

    A byte that is no text in the encoding is taken for the letter it is in cp1252, or replaced by
    the sign for it.

    Parameters
    ----------
    data : bytes or mmap
        The whole file.
    encoding : str
        Python's name of its encoding.
    name : str
        The file's name, for messages.

    Returns
    -------
    data, changes
        The text, and how many bytes were mended, the first of them with their lines.

    Raises
    ------
    ReadError
        If next to nothing is text in this encoding.

    Examples
    --------
    >>> data, changes = to_utf8(b"Zo\\xc3\\xab\\nRen\\xe9\\n", "utf-8", "a.csv")
    >>> bytes(data).decode(), changes[0].count, changes[0].examples
    ('Zoë\\nRené\\n', 1, (('line 2: Ren\\\\xe9', 'René'),))
    """
    mender = _Mender(encoding)
    blocks = (mender.mended(text).encode(errors="replace") for text in _decoded(data, encoding))
    utf8 = gathered(blocks, len(data))
    if mender.bad > MOST_UNREADABLE * mender.length:
        raise ReadError(
            f"Nothing can be read in the encoding {encoding}",
            where=name,
            remedy="Leave the encoding out, or name another",
        )
    return utf8, mender.changes


class _Mender:
    """Mends block after block of a text, and remembers where."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding.removesuffix("-sig")
        self.letters = _letters(encoding)
        self.length = 0
        self.line = 1
        self.counts: Counter[str] = Counter()
        self.shown: dict[str, list[tuple[str, str]]] = {TAKEN_FOR_LETTERS: [], REPLACED: []}

    @property
    def bad(self) -> int:
        return self.counts.total()

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(
            Change(
                kind=kind.format(encoding=self.encoding),
                count=self.counts[kind],
                examples=tuple(examples),
            )
            for kind, examples in self.shown.items()
            if self.counts[kind]
        )

    def mended(self, text: str) -> str:
        self.length += len(text)
        counted_to = 0
        for found in _BAD.finditer(text):
            letter = self.letters[ord(found[0])]
            kind = REPLACED if letter == REPLACEMENT else TAKEN_FOR_LETTERS
            self.counts[kind] += 1
            if len(self.shown[kind]) < MOST_SHOWN:
                self.line += _line_ends(text, counted_to, found.start())
                counted_to = found.start()
                self.shown[kind].append(self._example(text, found.start()))
        self.line += _line_ends(text, counted_to, len(text))
        return text.translate(self.letters) if self.bad else text

    def _example(self, text: str, at: int) -> tuple[str, str]:
        before = re.split(r"[\r\n]", text[max(0, at - SHOWN_AROUND) : at])[-1]
        behind = re.split(r"[\r\n]", text[at : at + SHOWN_AROUND])[0]
        around = before + behind
        written = _BAD.sub(lambda bad: f"\\x{ord(bad[0]) % _CUT_OFF:02x}", around)
        return f"line {self.line:,}: {written}", around.translate(self.letters)


def _decoded(data: Content, encoding: str) -> Iterator[str]:
    if codecs.lookup(encoding).name in ("utf-16", "utf-32") and not has_mark(data):
        encoding = wide(data[:SAMPLE_BYTES]) or f"{encoding}-le"
    decoder = codecs.getincrementaldecoder(encoding)("as-surrogates")
    # It keeps the two characters of a line end together.
    whole_ends = io.IncrementalNewlineDecoder(decoder, translate=False)
    view = memoryview(data)
    for start in range(0, len(view), BLOCK_BYTES):
        block = bytes(view[start : start + BLOCK_BYTES])
        yield whole_ends.decode(block, final=start + BLOCK_BYTES >= len(view))
        let_go(data)


def _line_ends(text: str, start: int, end: int) -> int:
    return sum(1 for _ in _LINE_END.finditer(text, start, end))
