"""Files to take away. Nothing in them can run as a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from platform import python_version
from typing import Any

import numpy as np
import pandas as pd

from segmentation import wheel
from segmentation.evidence_files import trap_facts, verdict_facts
from segmentation.read_report import read_report
from segmentation.results import LedgerEntry, LineReason, Loaded, Match, ReadReport, Rfm, Rule, Run
from segmentation.set_aside import set_aside_table
from segmentation.settings import Recipe
from segmentation.trust import band
from segmentation.values import Bools

# Control characters and zero-width marks are skipped by some spreadsheets, like spaces.
FORMULA_START = r"^[\s\x00-\x20\u200b-\u200f\u2060\ufeff\"'“”‘’]*[=+\-@|%\t\r\n＝＋－＠｜％]"
PLAIN_NUMBER = r"^\s*[+-]?(?:\d+(?:[.,\s']\d+)*[.,]?|[.,]\d+)(?:[eE][+-]?\d+)?\s*%?\s*$"
BLOCK_ROWS = 50_000
VERSIONED = ("pandas", "numpy", "scikit-learn", "scipy", "pyarrow", "fastexcel")


def customers_frame(run: Run, keep: Bools | None = None) -> pd.DataFrame:
    """Return one row a segmented customer, with ``segment_id`` and ``segment`` at the right.

    Parameters
    ----------
    run : Run
        A finished run.
    keep : ndarray of bool, shape (segmented customers,), optional
        Which to return, in the order of ``run.profiles.customers``; all by default.

    Returns
    -------
    pandas.DataFrame
        A customer table's own columns, as the text they were read as and in their order; for
        transactions ``customer_id`` and every feature; then what joined tables tell. A column of
        the file that is called as one of the two new ones is renamed (`renamed_columns`).
    """
    chosen = slice(None) if keep is None else keep
    positions = run.profiles.customers[chosen]
    labels = run.profiles.labels[chosen]
    customers = run.loaded.customers
    if customers.kind == "customers":
        frame = run.loaded.table.frame.iloc[customers.rows[positions]]
        frame = frame.rename(columns=renamed_columns(run)).reset_index(drop=True)
        told = [name for match in run.loaded.joined for name in match.columns]
        more = customers.frame.iloc[positions][told].reset_index(drop=True)
        frame = pd.concat([frame, more], axis=1)
    else:
        frame = customers.frame.iloc[positions].copy()
        frame.insert(0, "customer_id", customers.ids[positions])
    names = run.name_of()
    return frame.assign(
        segment_id=labels, segment=np.array([names[i] for i in labels.tolist()], dtype=object)
    ).reset_index(drop=True)


def segments_frame(run: Run) -> pd.DataFrame:
    """Return one row a segment: its size, and how far it can be trusted.

    Parameters
    ----------
    run : Run
        A finished run; where its segments were not resampled, their stability is empty.

    Returns
    -------
    pandas.DataFrame
        ``stability`` is the mean bootstrap Jaccard, with its 95 % interval; ``trust`` is Hennig's
        word for it.
    """
    trusts = [_trust_facts(run, named.segment_id) for named in run.names]
    intervals = [trust.get("stability_interval", [None, None]) for trust in trusts]
    return pd.DataFrame(
        {
            "segment_id": [named.segment_id for named in run.names],
            "segment": [named.name for named in run.names],
            "customers": [segment.size for segment in run.profiles.segments],
            "share": [segment.share for segment in run.profiles.segments],
            "silhouette": list(run.segmentation.segment_silhouettes),
            "stability": [trust["stability"] for trust in trusts],
            "stability_low": [low for low, _ in intervals],
            "stability_high": [high for _, high in intervals],
            "trust": [trust.get("trust", "") for trust in trusts],
        }
    ).astype(dict.fromkeys(("stability", "stability_low", "stability_high"), float))


def renamed_columns(run: Run) -> dict[str, str]:
    """Map columns of a customer table that stand in the way of the new ones to their new names."""
    if run.loaded.customers.kind != "customers":
        return {}
    taken = {str(name).casefold() for name in run.loaded.table.frame.columns}
    renamed: dict[str, str] = {}
    for name in run.loaded.table.frame.columns:
        if str(name).strip().casefold() in ("segment", "segment_id"):
            new = f"{name}_original"
            while new.casefold() in taken:
                new += "_"
            taken.add(new.casefold())
            renamed[name] = new
    return renamed


def customers_csv(run: Run, keep: Bools | None = None) -> bytes:
    """Return `customers_frame` as CSV: UTF-8, comma, LF, text that could be a formula quoted.

    The same run gives the same bytes.
    """
    return to_csv(customers_frame(run, keep))


def to_csv(frame: pd.DataFrame) -> bytes:
    """Write a frame as CSV that no spreadsheet takes for formulas.

    Text cells and headers that begin like a formula (also after spaces or quotes, also with
    full-width signs) get an apostrophe in front; plain numbers, such as -5 or +49 30, stay. Whole
    numbers are written without a decimal point, others with the fewest digits that read back the
    same.

    Examples
    --------
    >>> to_csv(pd.DataFrame({"a": ["=1+1", "-5"], "b": [1.0, 2.0]}))
    b"a,b\\n'=1+1,1\\n-5,2\\n"
    """
    header = safe_text(pd.Series([str(name) for name in frame.columns], dtype="str"))
    return _written(header, [_cells(frame[name]) for name in frame.columns])


def raw_csv(frame: pd.DataFrame) -> Iterator[bytes]:
    """Write a frame of text as CSV exactly as it is, some rows at a time.

    Examples
    --------
    >>> b"".join(raw_csv(pd.DataFrame({"a": ["=1", "2,5"]}, dtype="str")))
    b'a\\n=1\\n"2,5"\\n'
    """
    header: list[Any] | None = list(frame.columns)
    for start in range(0, max(len(frame), 1), BLOCK_ROWS):
        block = frame.iloc[start : start + BLOCK_ROWS]
        yield _written(header, [block[name].tolist() for name in block.columns])
        header = None


class _LineFeeds(io.StringIO):
    """Takes lines that end in CR LF and ends them in LF."""

    def write(self, line: str, /) -> int:
        return super().write(line.removesuffix("\r\n") + "\n")


def _written(header: list[Any] | None, columns: list[list[Any]]) -> bytes:
    out = _LineFeeds(newline="")
    # Before Python 3.13 the writer quotes only the characters of its own line ending, and a bare
    # CR in a cell would end the row.
    writer = csv.writer(out, lineterminator="\r\n")
    if header is not None:
        writer.writerow(header)
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode("utf-8")


def safe_text(text: pd.Series[Any]) -> list[str]:
    """Put an apostrophe before every text that a spreadsheet could take for a formula."""
    text = text.astype("str").fillna("")
    risky = text.str.contains(FORMULA_START, regex=True) & ~text.str.contains(
        PLAIN_NUMBER, regex=True
    )
    return text.mask(risky, "'" + text).tolist()


def _cells(column: pd.Series[Any]) -> list[Any]:
    if not pd.api.types.is_numeric_dtype(column):
        return safe_text(column)
    values = column.to_numpy(dtype=float)
    missing = np.isnan(values)
    if (values[~missing] % 1 == 0).all() and (np.abs(values[~missing]) < 2**53).all():
        cells: list[Any] = np.where(missing, 0, values).astype(np.int64).tolist()
    else:
        cells = values.tolist()
    return ["" if gap else cell for gap, cell in zip(missing.tolist(), cells, strict=True)]


def ledger(run: Run) -> tuple[LedgerEntry, ...]:
    """Return every rule applied, of cleaning and of preparing."""
    return (*run.loaded.clean.ledger, *run.prepared.ledger)


def set_aside_rows(run: Run, only: Rule | LineReason | None = None) -> pd.DataFrame:
    """Return the rows of the file that no segment has, as read, each with its line and reason.

    For transactions these are order lines; customers set aside later are in
    `set_aside_customers`.
    """
    set_aside = dict(run.loaded.clean.set_aside)
    if run.loaded.customers.kind == "customers":
        rows = run.loaded.customers.rows
        set_aside |= {rule: rows[where] for rule, where in run.prepared.set_aside.items()}
    return set_aside_table(run.loaded.table, set_aside, only)


def set_aside_customers(run: Run) -> pd.DataFrame:
    """Return the customers of a transactions file that preparing set aside, with the reason."""
    customers = run.loaded.customers
    parts = []
    if customers.kind == "transactions":
        for entry in run.prepared.ledger:
            positions = run.prepared.set_aside.get(entry.rule, np.empty(0, dtype=np.int64))
            part = customers.frame.iloc[positions].copy()
            part.insert(0, "customer_id", customers.ids[positions])
            part.insert(0, "reason", entry.reason)
            parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def summary(run: Run) -> dict[str, Any]:
    """Return the run's figures as plain JSON values, with the recipe that reproduces it."""
    customers = run.loaded.customers
    names = run.by_id()
    segmented = len(run.profiles.customers)
    told = (run.playbook.note,) if run.playbook.note else ()
    by_hand = wheel.notes(run.segmentation)
    notes = (*run.prepared.notes, *by_hand, *told, *_rename_notes(run))
    return {
        **_loaded_facts(run.loaded, run.prepared.ledger, notes),
        **({"rows_used": segmented} if customers.kind == "customers" else {}),
        "customers": segmented,
        "features": list(run.prepared.features),
        "transform": run.recipe.prepare.transform,
        "transforms": {c.name: c.transform for c in run.prepared.columns},
        "scaler": run.recipe.prepare.scaler,
        "k": run.segmentation.k,
        "k_reason": run.evidence.reason,
        "verdict": verdict_facts(run.evidence),
        "traps": [trap_facts(trap) for trap in run.evidence.traps],
        "inertia": run.segmentation.inertia,
        "silhouette": run.segmentation.silhouette,
        "silhouette_customers": run.segmentation.silhouette_customers,
        "playbook": {
            "name": run.playbook.playbook.name,
            "customers": run.playbook.playbook.words.customer.many,
            "reason": run.playbook.reason,
        },
        "segments": [
            {
                "id": segment.segment_id,
                "name": names[segment.segment_id].name,
                "description": names[segment.segment_id].description,
                "why": names[segment.segment_id].why,
                "action": names[segment.segment_id].action,
                "size": segment.size,
                "share": segment.share,
                "silhouette": segment.silhouette,
                **_trust_facts(run, segment.segment_id),
                "centre": {
                    column.name: float(value)
                    for column, value in zip(
                        run.prepared.columns,
                        run.segmentation.original_centres[segment.segment_id - 1],
                        strict=True,
                    )
                },
            }
            for segment in run.profiles.segments
        ],
        **_made_by(_recipe_of(run)),
    }


def rfm_summary(loaded: Loaded, rfm: Rfm, recipe: Recipe) -> dict[str, Any]:
    """Return how customers came to their scores as plain JSON values, with the recipe.

    Parameters
    ----------
    loaded : Loaded
        Whose customers were scored.
    rfm : Rfm
        Their scores.
    recipe : Recipe
        The settings they were loaded with.
    """
    return {
        **_loaded_facts(loaded),
        "customers": len(rfm.frame),
        "rfm": rfm.to_dict(),
        **_made_by(recipe),
    }


def _loaded_facts(
    loaded: Loaded, ledger: tuple[LedgerEntry, ...] = (), notes: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Say what was read, what it was taken for and what was set aside, also further on."""
    report, clean, joined = loaded.table.report, loaded.clean, loaded.joined
    return {
        "input": _file_facts(report),
        "inputs": [_file_facts(file) for file in loaded.files],
        "joined": [_match_facts(match) for match in joined],
        "reading": read_report(loaded.table, loaded.schema),
        "schema": {"kind": loaded.schema.kind, "roles": dict(loaded.schema.roles)},
        "doubts": list(loaded.doubts),
        "notes": [
            *report.notes,
            *clean.notes,
            *(note for match in joined for note in _match_notes(match)),
            *notes,
        ],
        "cleaning": [_ledger_facts(entry) for entry in (*clean.ledger, *ledger)],
        "rows_used": clean.rows_used,
        **({"returns": clean.refunds.to_dict()} if clean.refunds else {}),
        "as_of": clean.as_of.isoformat() if clean.as_of else None,
    }


def _made_by(recipe: Recipe) -> dict[str, Any]:
    return {
        "recipe": recipe.to_dict(),
        "versions": {"python": python_version(), **{name: version(name) for name in VERSIONED}},
    }


def _recipe_of(run: Run) -> Recipe:
    """Return the settings that give these segments again.

    Without trials the evidence has not had its last word: where it was to choose k, the recipe
    would give another k once it has.
    """
    if run.evidence.stabilities or run.recipe.choose.k is not None:
        return run.recipe
    return run.recipe.with_stage(choose=replace(run.recipe.choose, k=run.evidence.k))


def _trust_facts(run: Run, segment_id: int) -> dict[str, Any]:
    if not run.segmentation.stabilities:
        return {"stability": None}
    found = run.segmentation.stabilities[segment_id - 1]
    return {
        "stability": found.mean,
        "stability_interval": [found.low, found.high],
        "trust": band(found.mean)[0],
    }


def _file_facts(report: ReadReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "sha256": report.sha256,
        "rows": report.rows,
        "columns": report.columns,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "sheet": report.sheet,
    }


def _ledger_facts(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "rule": entry.rule,
        "rows_in": entry.rows_in,
        "set_aside": entry.set_aside,
        "changed": entry.changed,
    }


def _match_facts(match: Match) -> dict[str, Any]:
    return {
        "name": match.table.report.name,
        "customer_id": match.key,
        "rows": match.table.report.rows,
        "rows_used": len(match.clean.frame),
        "cleaning": [_ledger_facts(entry) for entry in match.clean.ledger],
        "customers_matched": match.matched,
        "customers_without": len(match.lacking),
        "ids": match.ids,
        "ids_matched": match.ids_matched,
        "columns": list(match.columns),
    }


def _match_notes(match: Match) -> tuple[str, ...]:
    return (*match.table.report.notes, *match.notes)


def _rename_notes(run: Run) -> list[str]:
    return [
        f"The file's column {old!r} is called {new!r} in the exported customers."
        for old, new in renamed_columns(run).items()
    ]


def summary_json(run: Run) -> bytes:
    """Return `summary` as indented JSON text in UTF-8."""
    text = json.dumps(summary(run), ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8")


def customers_head(run: Run, keep: Bools, rows: int) -> pd.DataFrame:
    """Return the first rows of `customers_frame`, for a look."""
    few = np.zeros(len(keep), dtype=bool)
    few[np.flatnonzero(keep)[:rows]] = True
    return customers_frame(run, few)


def set_aside_count(run: Run) -> int:
    """Count the rows `set_aside_rows` gives."""
    counts = [len(rows) for rows in run.loaded.clean.set_aside.values()]
    if run.loaded.customers.kind == "customers":
        counts += [len(rows) for rows in run.prepared.set_aside.values()]
    return sum(counts) + len(run.loaded.table.report.set_aside)
