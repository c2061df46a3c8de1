"""Files of the same shape become one table, with each row's file beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.errors import ReadError
from segmentation.results import Question, ReadReport, Table, added_up
from segmentation.words import and_more

SAME_SHAPE_SHARE = 0.75
SOURCE_COLUMN = "source_file"


def stack(tables: Sequence[Table]) -> tuple[Table, ...]:
    """Put tables of the same shape on top of each other.

    Two tables have the same shape if their columns have the same names, in any order, capitals and
    spaces apart; the smaller may lack up to a quarter of them. Columns are aligned by name, and
    ``source_file`` tells each row's file. Rows that stand in several files are kept and counted in
    a note; a file with the very bytes of another is read once.

    Parameters
    ----------
    tables : sequence of Table
        The files as read with ``as_text=True``; they are not changed.

    Returns
    -------
    tuple of Table
        One a shape, in the order of their first files. A table alone in its shape stays as it is.

    Raises
    ------
    ReadError
        If one of several files has no column.

    Examples
    --------
    >>> from segmentation.reading import Source, read_table
    >>> files = [
    ...     Source(name="jan.csv", data=b"id,spend\\n1,5\\n"),
    ...     Source(name="feb.csv", data=b"Spend,ID\\n7,2\\n"),
    ... ]
    >>> (table,) = stack([read_table(file, as_text=True) for file in files])
    >>> table.frame.to_numpy().tolist()
    [['1', '5', 'jan.csv'], ['2', '7', 'feb.csv']]
    """
    for table in tables:
        if len(tables) > 1 and not table.report.columns:
            raise ReadError(
                "The file is empty", where=table.report.name, remedy="Leave it out, or mend it"
            )
    shapes = _shapes(_told_apart(_once(tables)))
    return tuple(shape[0] if len(shape) == 1 else _stacked(shape) for shape in shapes)


def _once(tables: Sequence[Table]) -> list[Table]:
    """Leave out copies of an earlier file, and say so with that file."""
    kept: dict[str, Table] = {}
    for table in tables:
        digest = table.report.sha256
        if digest not in kept:
            kept[digest] = table
            continue
        first = kept[digest].report
        note = f"{table.report.name} has the very content of {first.name}; it is read once."
        kept[digest] = replace(kept[digest], report=replace(first, notes=(*first.notes, note)))
    return list(kept.values())


def _told_apart(tables: list[Table]) -> list[Table]:
    """Number files of the same name."""
    names = [table.report.name for table in tables]
    taken: set[str] = set()
    apart = []
    for table, name in zip(tables, names, strict=True):
        unique, number = name, 2
        while unique in taken or (unique != name and unique in names):
            unique, number = f"{name} ({number})", number + 1
        taken.add(unique)
        apart.append(
            table if unique == name else replace(table, report=replace(table.report, name=unique))
        )
    return apart


def _shapes(tables: list[Table]) -> list[list[Table]]:
    """Group tables by shape, widest first within reach, each group in the order given."""
    groups: list[list[int]] = []
    widest: list[set[str]] = []
    columns = [set(_by_key(table)) for table in tables]
    for place in sorted(range(len(tables)), key=lambda i: -len(columns[i])):
        own = columns[place]
        for group, whole in zip(groups, widest, strict=True):
            if own <= whole and len(own) >= SAME_SHAPE_SHARE * len(whole):
                group.append(place)
                break
        else:
            groups.append([place])
            widest.append(own)
    return [[tables[place] for place in group] for group in sorted(sorted(g) for g in groups)]


def _by_key(table: Table) -> dict[str, str]:
    """Map what counts of a name to the name, for the columns that the header names."""
    names = [str(name) for name in table.frame.columns]
    names = names[: len(names) - table.report.overflow_columns]
    keys = ["".join(name.split()).casefold() for name in names]
    # Two columns that only capitals tell apart are still two.
    return dict(zip(keys if len(set(keys)) == len(keys) else names, names, strict=True))


def _stacked(tables: list[Table]) -> Table:
    keyed = [_by_key(table) for table in tables]
    wide = max(keyed, key=len)
    overflow = [
        _free_name(name, wide.values())
        for name in max((_overflow_names(table) for table in tables), key=len)
    ]
    frames = []
    notes = []
    for table, own in zip(tables, keyed, strict=True):
        name = table.report.name
        lacking = [wide[key] for key in wide if key not in own]
        if lacking:
            notes.append(f"{name} lacks {', '.join(lacking)}; its rows have nothing there.")
        notes.extend(f"{name}: {note}" for note in table.report.notes)
        renamed = {own[key]: wide[key] for key in own}
        renamed |= dict(zip(_overflow_names(table), overflow, strict=False))
        frame = table.frame.rename(columns=renamed)
        frames.append(frame.reindex(columns=[*wide.values(), *overflow], fill_value=""))
    frame = pd.concat(frames, ignore_index=True).astype("str")
    file_of = np.repeat(np.arange(len(tables)), [table.report.rows for table in tables])
    repeated = _repeated_across(frame, file_of)
    if repeated:
        rows = "1 row repeats" if repeated == 1 else f"{repeated:,} rows repeat"
        notes.append(
            f"{rows} a row of an earlier file in every cell. All are kept; set aside exact "
            "duplicates to count them once."
        )
    files = tuple(table.report for table in tables)
    source_column = _free_name(SOURCE_COLUMN, frame.columns)
    names = pd.Series([file.name for file in files], dtype="str")
    frame.insert(len(wide), source_column, names.take(file_of).reset_index(drop=True))
    return Table(
        frame=frame,
        report=_report(files, frame, len(overflow), source_column, tuple(notes)),
        lines=np.concatenate([table.lines for table in tables]),
        texts=_texts(tables, keyed, wide),
    )


def _texts(
    tables: list[Table], keyed: list[dict[str, str]], wide: dict[str, str]
) -> dict[str, npt.NDArray[np.bool_]]:
    """Put together which cells were texts, for the columns of which a file knows."""
    of_files = [
        {key: table.texts[name] for key, name in own.items() if name in table.texts}
        for table, own in zip(tables, keyed, strict=True)
    ]
    return {
        wide[key]: np.concatenate(
            [
                own.get(key, np.zeros(table.report.rows, dtype=bool))
                for table, own in zip(tables, of_files, strict=True)
            ]
        )
        for key in {key: None for own in of_files for key in own}
    }


def _overflow_names(table: Table) -> list[str]:
    names = [str(name) for name in table.frame.columns]
    return names[len(names) - table.report.overflow_columns :]


def _free_name(wanted: str, columns: Iterable[Any]) -> str:
    taken = {str(name).casefold() for name in columns}
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def _repeated_across(frame: pd.DataFrame, file_of: npt.NDArray[np.int64]) -> int:
    """Count the rows that an earlier file has too."""
    same = np.zeros(len(frame), dtype=np.int64)
    for name in frame.columns:
        codes, distinct = pd.factorize(frame[name])
        same = pd.factorize(same * max(len(distinct), 1) + codes)[0]
    first_file = np.full(len(frame), np.iinfo(np.int64).max)
    np.minimum.at(first_file, same, file_of)
    return int((file_of > first_file[same]).sum())


def _report(
    files: tuple[ReadReport, ...],
    frame: pd.DataFrame,
    overflow_columns: int,
    source_column: str,
    notes: tuple[str, ...],
) -> ReadReport:
    digests = "".join(file.sha256 for file in files)
    return ReadReport(
        name=and_more([file.name for file in files]),
        sha256=hashlib.sha256(digests.encode()).hexdigest(),
        rows=len(frame),
        columns=len(frame.columns),
        encoding=_common([file.encoding for file in files]),
        delimiter=_common([file.delimiter for file in files]),
        sheet=_common([file.sheet for file in files]),
        sheets=(),
        header_rows=files[0].header_rows,
        header_line=_common([file.header_line for file in files]),
        overflow_columns=overflow_columns,
        set_aside=tuple(replace(line, file=file.name) for file in files for line in file.set_aside),
        changes=added_up([change for file in files for change in file.changes]),
        questions=_asked_once([question for file in files for question in file.questions]),
        notes=notes,
        doubts=tuple(f"{file.name}: {doubt}" for file in files for doubt in file.doubts),
        parts=files,
        source_column=source_column,
    )


def _common(values: list[Any]) -> Any:
    return values[0] if len(set(values)) == 1 else None


def _asked_once(questions: list[Question]) -> tuple[Question, ...]:
    """Keep one question a setting: the answer holds for every file."""
    return tuple({question.setting: question for question in reversed(questions)}.values())[::-1]
