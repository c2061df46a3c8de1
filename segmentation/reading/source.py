"""What is read: the bytes of one file, or of several at once."""

from __future__ import annotations

import hashlib
import mmap
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from segmentation.errors import ReadError
from segmentation.words import and_more

LARGE_BYTES = 64_000_000

Content = bytes | mmap.mmap


def let_go(data: Content) -> None:
    """Hold nothing in memory of a view of a file; what is looked at again is read again."""
    if isinstance(data, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        data.madvise(mmap.MADV_DONTNEED)


def gathered(blocks: Iterator[bytes], size: int) -> Content:
    """Put blocks together; large ones in a file without a name, not in memory."""
    if size < LARGE_BYTES:
        return b"".join(blocks)
    with tempfile.TemporaryFile() as file:
        file.writelines(blocks)
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file's bytes and name.

    Parameters
    ----------
    name : str
        File name without folders; its ending tells a workbook from text.
    data : bytes or mmap
        The whole content; of a large file on disk, a view of it that is not held in memory.
    sha256 : str
        Hex digest of the content, computed here.
    """

    name: str
    data: Content = field(repr=False)
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.data).hexdigest())
        let_go(self.data)

    @classmethod
    def from_path(cls, path: str | os.PathLike[str]) -> Source:
        """Load a file from disk.

        Raises
        ------
        ReadError
            If there is no such file or it may not be read.
        """
        try:
            with Path(path).open("rb") as file:
                if os.fstat(file.fileno()).st_size >= LARGE_BYTES:
                    data: Content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                else:
                    data = file.read()
            return cls(name=Path(path).name, data=data)
        except OSError as error:
            raise ReadError(
                f"The file can't be opened: {error.strerror}",
                where=os.fspath(path),
                remedy="Check its path and permissions",
            ) from None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The file itself, as a bundle lists its files."""
        return (self,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Several files that belong together.

    Parameters
    ----------
    sources : tuple of Source
        The files, two or more, in the order they were given.

    Examples
    --------
    >>> files = [Source(name=f"orders-{month:02}.csv", data=b"id") for month in range(1, 13)]
    >>> Bundle(sources=tuple(files)).name
    'orders-01.csv and 11 more'
    """

    sources: tuple[Source, ...]

    def __post_init__(self) -> None:
        assert len(self.sources) > 1

    @property
    def name(self) -> str:
        """The files in a few words."""
        return and_more([source.name for source in self.sources])

    @property
    def sha256(self) -> str:
        """Hex digest of the digests, in order."""
        digests = "".join(source.sha256 for source in self.sources)
        return hashlib.sha256(digests.encode()).hexdigest()


Given = str | os.PathLike[str] | Source | Bundle


def as_source(given: Given | Sequence[Given]) -> Source | Bundle:
    """Take a path, a source or several of them for what is to be read.

    Raises
    ------
    ReadError
        If there is no file among them, or one can't be opened.
    """
    if isinstance(given, Source | Bundle):
        return given
    if isinstance(given, str | os.PathLike):
        return Source.from_path(given)
    sources = tuple(source for one in given for source in as_source(one).sources)
    if not sources:
        raise ReadError("There is no file to read", remedy="Give one or more files")
    return sources[0] if len(sources) == 1 else Bundle(sources=sources)
