"""A model as one JSON file: what was written is read, or refused with the reason."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from segmentation.errors import ModelError, SettingsError
from segmentation.models.checking import require_answers, require_sound
from segmentation.models.plain import NotPlain, from_plain, to_plain
from segmentation.results import Model
from segmentation.settings import Recipe

FORMAT = "customer-segmentation-model"
# A model without steps by hand is written as before there were any.
PLAIN_VERSION, TURNED_VERSION = 1, 2
LARGEST_MEGABYTES = 20
LARGEST_BYTES = LARGEST_MEGABYTES * 1_000_000
_HEADER = re.compile(
    rb'\{"format":"' + FORMAT.encode() + rb'","format_version":([0-9]{1,9}),'
    rb'"sha256":"([0-9a-f]{64})",\n"model":\{\n'
)
_END = b"\n}}\n"


def dump_model(model: Model) -> bytes:
    """Write a model as JSON: a header with the digest of all below it, and a line a part.

    The same model gives the same bytes.
    """
    parts = [f"{json.dumps(name)}:{_json(part)}" for name, part in _parts(model).items()]
    body = ",\n".join(parts).encode() + _END
    header = (
        f'{{"format":"{FORMAT}","format_version":{_version(model)},'
        f'"sha256":"{hashlib.sha256(body).hexdigest()}",\n"model":{{\n'
    )
    return header.encode() + body


def parse_model(data: bytes, where: str = "") -> Model:
    """Read a model, every byte of which is as it was written.

    Nothing is read as JSON before the digest fits, nothing is used before every value has the type
    and the shape it must have, and nothing is returned before the model has given its made-up
    customers the right answers.

    Parameters
    ----------
    data : bytes
        The file's content.
    where : str
        What to call it in errors.

    Raises
    ------
    ModelError
        If it is no model, of a newer version, too large, damaged, or fails its own test.
    """
    if len(data) > LARGEST_BYTES:
        raise _too_large(len(data), where)
    header = _HEADER.match(data)
    if header is None:
        raise _no_model(data, where)
    version = int(header[1])
    if version not in (PLAIN_VERSION, TURNED_VERSION):
        raise ModelError(
            f"The model is of format version {version}, and this program knows versions "
            f"{PLAIN_VERSION} and {TURNED_VERSION}",
            where=where,
            remedy="Open it with the version of the program that saved it, or save it again",
        )
    body = data[header.end() :]
    if hashlib.sha256(body).hexdigest().encode() != header[2]:
        raise ModelError(
            "The model is not as it was saved: its digest doesn't fit, so bytes are missing or "
            "were changed",
            where=where,
            remedy="Take it again from where it was saved",
        )
    try:
        model = _model(body, version)
        require_sound(model)
        require_answers(model)
    except ModelError as error:
        raise ModelError(error.what, where=where, remedy=error.remedy) from None
    return model


def read_model(path: str | os.PathLike[str]) -> Model:
    """Read a model from disk; a file that is too large is refused unread.

    Raises
    ------
    ModelError
        If it can't be opened, or as for `parse_model`.
    """
    try:
        with Path(path).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > LARGEST_BYTES:
                raise _too_large(size, os.fspath(path))
            # A pipe has no size.
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise ModelError(
            f"The model can't be opened: {error.strerror}",
            where=os.fspath(path),
            remedy="Check its path and permissions",
        ) from None
    return parse_model(data, os.fspath(path))


def _json(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _version(model: Model) -> int:
    return TURNED_VERSION if model.turns else PLAIN_VERSION


def _parts(model: Model) -> dict[str, Any]:
    parts = {**to_plain(model), "recipe": model.recipe.to_dict()}
    if not model.turns:
        del parts["turns"]
    return parts


def _model(body: bytes, version: int) -> Model:
    try:
        raw = json.loads(b"{" + body.removesuffix(_END) + b"}", object_pairs_hook=_once)
        if not isinstance(raw.get("recipe"), dict):
            raise NotPlain("the recipe is not an object")
        recipe = Recipe.from_json(json.dumps(raw["recipe"]))
        if ("turns" in raw) != (version == TURNED_VERSION) or raw.get("turns") == []:
            raise NotPlain(f"its steps by hand are not those of format version {version}")
        given = {"turns": [], **raw, "recipe": to_plain(Recipe())}
        model: Model = from_plain(Model, given, "model")
    except (ValueError, RecursionError, AssertionError) as error:
        if isinstance(error, AssertionError):
            said = "its parts don't fit together"
        else:
            said = str(error) if isinstance(error, NotPlain) else "it is no JSON of sensible depth"
        raise ModelError(f"The model can't be read: {said}", remedy="Save it again") from None
    except SettingsError as error:
        raise ModelError(f"The model can't be read: {error.what}", remedy="Save it again") from None
    return replace(model, recipe=recipe)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotPlain("a key stands twice")
    return found


def _too_large(size: int, where: str) -> ModelError:
    return ModelError(
        f"The file has {size / 1e6:,.0f} MB, and a model has {LARGEST_BYTES / 1e6:,.0f} at most",
        where=where,
        remedy="Choose a model that was saved by this program",
    )


def _no_model(data: bytes, where: str) -> ModelError:
    if not data:
        what = "The file is empty"
    elif data[:1] == b"\x80" or data[:2] in (b"\x1f\x8b", b"PK", b"x\x9c"):
        what = "The file is a pickle or an archive, which could run anything, and was not opened"
    elif data.lstrip()[:1] in (b"{", b"["):
        what = "The file is JSON, but no saved model, or its first line was changed"
    else:
        what = "The file is no saved model"
    return ModelError(what, where=where, remedy="Choose a model that was saved by this program")
