"""A growing folder of CSV files, scored as it grows: what was seen and what is new give the next.

Nothing of a customer is kept but a number made of the id, so that nobody is counted twice.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.errors import SegmentationError
from segmentation.models.scoring import score
from segmentation.reading import Given, Source
from segmentation.results import Model, Scored
from segmentation.settings import ReadSettings, Recipe

STEP_BYTES = 4_000_000
# Of order lines, a customer's earlier ones are needed again and again.
MOST_LOG_BYTES = 50_000_000
MOST_FILES = 1_000
MOST_FOLDERS = 200
MOST_KNOWN = 1_000_000
MOST_NOTES = 20
LONGEST_HEADER = 65_536
MARK_BYTES = 256
ALL = "All files"
TOLD = Recipe(read=ReadSettings(header_rows=1))

MOST_MOMENTS = 240

Ids = npt.NDArray[np.uint64]
Moment = tuple[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """How far a file was read.

    Parameters
    ----------
    header : bytes
        Its first line.
    read_bytes, size_bytes : int
        The end of what was read, and of what there was.
    mark : bytes
        The last bytes that were read, by which a file in its place is told from the file itself.
    more : bool
        Whether there was more than could be read at once.
    """

    header: bytes = b""
    read_bytes: int = 0
    size_bytes: int = 0
    mark: bytes = b""
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Watched:
    """What was seen of a folder so far.

    Parameters
    ----------
    tails : dict of str to Tail
        By file.
    known : ndarray of uint64, rising
        Numbers of the ids met.
    caught_up : bool
        Whether all that was there at first has been read.
    before, arrived : dict of int to int
        New customers by segment id: those that were there at first, and those that came since.
    outside : int
        Those that came and are unlike any customer the model has seen.
    notes : tuple of str
        What happened to the files, the last of it, in sentences.
    problems : dict of str to str
        Why a file's last rows could not be counted.
    """

    tails: Mapping[str, Tail] = field(default_factory=dict)
    known: Ids = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    caught_up: bool = False
    before: Mapping[int, int] = field(default_factory=dict)
    arrived: Mapping[int, int] = field(default_factory=dict)
    outside: int = 0
    notes: tuple[str, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)


def watch(
    model: Model,
    folder: str | os.PathLike[str],
    seen: Watched | None = None,
    *,
    step_bytes: int = STEP_BYTES,
) -> Watched:
    """Read what has come since, and count its new customers.

    Of customer tables only what was appended is read, up to the last line that is whole. Order
    lines are read again as a whole whenever there are new ones, since what a customer is like
    hangs on all of theirs.

    Parameters
    ----------
    model : Model
        What to score by.
    folder : path
        Its CSV files are watched, not those below it.
    seen : Watched, optional
        What this function returned before; nothing at first.
    step_bytes : int
        How much of customer tables is read at once; the rest is left for the next time.

    Examples
    --------
    >>> import tempfile
    >>> from segmentation.models.making import make_model
    >>> from segmentation.pipeline import run
    >>> from segmentation.settings import ChooseSettings
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,90\\n4,94\\n"
    >>> model = make_model(run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2))))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     day = Path(folder, "day.csv")
    ...     _ = day.write_text("id,spend\\n5,11\\n")
    ...     seen = watch(model, folder)
    ...     _ = day.write_text("id,spend\\n5,11\\n6,95\\n")
    ...     watch(model, folder, seen).arrived
    {1: 1}
    """
    seen = seen or Watched()
    try:
        paths = csv_files(folder)
    except OSError as error:
        return _noted(seen, [f"The folder can't be read: {error.strerror}."])
    notes = [f"{name} is gone." for name in seen.tails if name not in {p.name for p in paths}]
    if len(paths) > MOST_FILES:
        notes.append(f"Only the first {MOST_FILES:,} of {len(paths):,} files are watched.")
        paths = paths[:MOST_FILES]
    look = _orders if model.kind == "transactions" else _customers
    return _noted(look(model, paths, seen, step_bytes, notes), notes)


def csv_files(folder: str | os.PathLike[str]) -> list[Path]:
    """List the CSV files of a folder, by name; links are left out, since they may lead elsewhere.

    Raises
    ------
    OSError
        If it can't be read.
    """
    with os.scandir(folder) as there:
        names = [
            one.name
            for one in there
            if one.name.lower().endswith(".csv")
            and not one.name.startswith(".")
            and one.is_file(follow_symlinks=False)
        ]
    return [Path(folder, name) for name in sorted(names)]


def folders_below(root: str | os.PathLike[str]) -> dict[str, Path]:
    """Return a folder and those below it, two levels deep, by their names from there.

    Links and hidden folders are left out.
    """
    found = {".": Path(root)}
    for outer in _folders(Path(root)):
        found[outer.name] = outer
        found |= {f"{outer.name}/{inner.name}": inner for inner in _folders(outer)}
    return dict(list(found.items())[:MOST_FOLDERS])


def _folders(path: Path) -> list[Path]:
    try:
        with os.scandir(path) as there:
            names = [
                one.name
                for one in there
                if one.is_dir(follow_symlinks=False) and not one.name.startswith(".")
            ]
    except OSError:
        return []
    return [path / name for name in sorted(names)]


def _customers(
    model: Model, paths: list[Path], seen: Watched, step_bytes: int, notes: list[str]
) -> Watched:
    left, tails, behind = step_bytes, {}, False
    for path in paths:
        name = path.name
        tails[name] = before = seen.tails.get(name, Tail())
        try:
            tail, lines = _appended(path, before, left, step_bytes, notes)
        except OSError as error:
            seen = _trouble(seen, name, f"It can't be read: {error.strerror}.")
            continue
        tails[name] = tail
        left -= len(lines)
        rests = tail.size_bytes == before.size_bytes
        # A last line without its end is there already, and read once it rests.
        behind |= tail.more or (
            not before.header and tail.read_bytes < tail.size_bytes and not rests
        )
        if not tail.header and tail.size_bytes and rests:
            seen = _trouble(seen, name, "Its first line has no end. Save it as CSV in UTF-8.")
        elif b"\0" in tail.header:
            seen = _trouble(seen, name, "It is not in UTF-8. Save it as CSV in UTF-8.")
        elif lines.strip():
            seen = _counted(model, [Source(name=name, data=tail.header + lines)], name, seen)
    return replace(seen, tails=tails, caught_up=seen.caught_up or not behind)


def _orders(model: Model, paths: list[Path], seen: Watched, _: int, notes: list[str]) -> Watched:
    tails = {path.name: Tail(size_bytes=_size(path)) for path in paths}
    for name, tail in tails.items():
        if tail.size_bytes < seen.tails.get(name, Tail()).size_bytes:
            notes.append(f"{name} has become shorter and was read anew.")
    total = sum(tail.size_bytes for tail in tails.values())
    if total > MOST_LOG_BYTES:
        what = f"The orders have more than the {MOST_LOG_BYTES / 1e6:,.0f} MB that are watched."
        seen = _trouble(seen, ALL, what)
    elif total and tails != seen.tails:
        # A file that is still empty was only just opened to be written to.
        filled = [path for path in paths if tails[path.name].size_bytes]
        seen = replace(seen, problems={})
        counted = _counted(model, filled, ALL, seen)
        seen = _sound_counted(model, filled, seen) if ALL in counted.problems else counted
    return replace(seen, tails=tails, caught_up=True)


def _sound_counted(model: Model, paths: list[Path], seen: Watched) -> Watched:
    """Count the orders of those files that can be used alone, and tell of the others."""
    sound = []
    for path in paths:
        try:
            score(model, path, told=TOLD)
        except SegmentationError as error:
            seen = _trouble(seen, path.name, f"{error.what}. It is left out.")
        else:
            sound.append(path)
    return _counted(model, sound, ALL, seen) if sound else seen


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _appended(
    path: Path, tail: Tail, most: int, step_bytes: int, notes: list[str]
) -> tuple[Tail, bytes]:
    """Return how far a file is read now, and its new lines."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        header = _whole_lines(file.readline(LONGEST_HEADER))
        if tail.header and (header != tail.header or _mark(file, tail.read_bytes) != tail.mark):
            how = "has become shorter" if size < tail.read_bytes else "was replaced"
            notes.append(f"{path.name} {how} and was read from its start.")
            tail = Tail()
        if not header:
            return Tail(size_bytes=size), b""
        start = max(tail.read_bytes, len(header))
        file.seek(start)
        found = file.read(max(min(most, size - start), 0))
        more = start + len(found) < size
        # What has not grown since is whole, with or without an end to its last line.
        rests = not more and size == tail.size_bytes and found.count(b'"') % 2 == 0
        lines = found if rests else _whole_lines(found)
        end = start + len(lines)
        if more and not lines and most == step_bytes:
            notes.append(f"{path.name} has a line too long to be one, and was passed over.")
            end, more = size, False
        mark = _mark(file, end)
    if lines and not lines.endswith(b"\n"):
        lines += b"\n"
    return Tail(header=header, read_bytes=end, size_bytes=size, mark=mark, more=more), lines


def _mark(file: BinaryIO, end: int) -> bytes:
    file.seek(max(end - MARK_BYTES, 0))
    return file.read(min(end, MARK_BYTES))


def _whole_lines(found: bytes) -> bytes:
    """Cut off a line that is not written to its end, also one that goes on within quotes."""
    end = found.rfind(b"\n") + 1
    while end and found.count(b'"', 0, end) % 2:
        end = found.rfind(b"\n", 0, end - 1) + 1
    return found[:end]


def _counted(model: Model, given: Sequence[Given], about: str, seen: Watched) -> Watched:
    try:
        scored = score(model, given, told=TOLD)
    except SegmentationError as error:
        return _trouble(seen, about, f"{error.what}.")
    seen = replace(seen, problems={k: v for k, v in seen.problems.items() if k != about})
    new, known = _new(scored, seen.known)
    places = scored.places
    counts = Counter(places.segment_ids[new].tolist())
    if not seen.caught_up:
        return replace(seen, known=known, before=_sum(seen.before, counts))
    return replace(
        seen,
        known=known,
        arrived=_sum(seen.arrived, counts),
        outside=seen.outside + int(places.outside[new].sum()),
    )


def _new(scored: Scored, known: Ids) -> tuple[npt.NDArray[np.bool_], Ids]:
    """Tell which customers were not met before; where there are no ids, each is another."""
    if scored.customers.id_column is None:
        return np.ones(len(scored.positions), dtype=bool), known
    numbers = pd.util.hash_array(scored.ids.astype(object))
    new = ~np.isin(numbers, known)
    if len(known) < MOST_KNOWN:
        known = np.union1d(known, numbers)
    return new, known


def _sum(counts: Mapping[int, int], more: Mapping[Any, int]) -> dict[int, int]:
    total = Counter(counts)
    total.update(more)
    return dict(sorted(total.items()))


def _trouble(seen: Watched, name: str, what: str) -> Watched:
    problems = dict(list({**seen.problems, name: what}.items())[-MOST_NOTES:])
    return replace(seen, problems=problems)


def _noted(seen: Watched, notes: Iterable[str]) -> Watched:
    new = [note for note in notes if note not in seen.notes[-1:]]
    return replace(seen, notes=(*seen.notes, *new)[-MOST_NOTES:])


def arrivals_table(model: Model, arrived: Mapping[int, int]) -> pd.DataFrame:
    """Hold who came against who was there when the model was made.

    The columns are segment, new, share and share_when_made; a row a segment, by id.
    """
    total = max(sum(arrived.values()), 1)
    counts = [arrived.get(segment.named.segment_id, 0) for segment in model.segments]
    return pd.DataFrame(
        {
            "segment": [segment.named.name for segment in model.segments],
            "new": counts,
            "share": [count / total for count in counts],
            "share_when_made": [
                segment.size / model.training.customers for segment in model.segments
            ],
        }
    )


def thinned(history: tuple[Moment, ...], moment: Moment) -> tuple[Moment, ...]:
    """Add a moment to a history; once it is long, only every second one is kept.

    Parameters
    ----------
    history : tuple of (text, dict of int to int)
        Times, each with how many had come by then, by segment id.
    moment : (text, dict of int to int)
        The latest.
    """
    longer = (*history, moment)
    return longer if len(longer) <= MOST_MOMENTS else (*longer[:-1:2], moment)
