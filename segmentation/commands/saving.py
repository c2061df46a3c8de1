"""``run --model``: the segments kept for later."""

from __future__ import annotations

from pathlib import Path

from segmentation.errors import ModelError
from segmentation.models.files import dump_model, read_model
from segmentation.models.making import make_model
from segmentation.models.refitting import relate
from segmentation.models.store import keep_beside, write_model
from segmentation.results import Run


def save_run(path: str, run: Run, by: str = "", note: str = "") -> tuple[str, ...]:
    """Save a run's model, and return what became of the segments of the one that was there.

    The old model stays beside the new one, under a number.
    """
    target = Path(path)
    model = make_model(run, by=by, note=note)
    lines: tuple[str, ...] = ()
    if target.exists():
        # Only a model is written over: the name may be that of another file by mistake.
        old = read_model(target)
        if dump_model(old) == dump_model(model):
            return ()
        try:
            lines = relate(old, run).plain_lines
        except ModelError as error:
            lines = (str(error),)
        kept = keep_beside(target)
        lines = (*lines, f"The model that was there is now {kept.name}.")
    write_model(target, model)
    return lines
