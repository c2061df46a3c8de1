"""Frozen dataclasses to plain JSON values and back, with every value checked on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

LONGEST_TEXT = 20_000
LARGEST_WHOLE = 2**53
LARGEST_FLOAT = 1e200


class NotPlain(ValueError):  # noqa: N818
    """A value is not what it should be; says where and why."""


def to_plain(value: Any) -> Any:
    """Return a dataclass of dataclasses, tuples and single values as plain JSON values.

    Examples
    --------
    >>> from segmentation.settings import FitSettings
    >>> to_plain(FitSettings(seed=3))
    {'seed': 3, 'method': 'kmeans'}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    return value


def from_plain(hint: Any, value: Any, place: str) -> Any:
    """Make what an annotation asks for of a plain JSON value.

    Parameters
    ----------
    hint : type
        A dataclass, tuple, Literal, union or single type.
    value : Any
        From JSON.
    place : str
        Where it stands, for the error.

    Raises
    ------
    NotPlain
        If it is of another type, a number is not finite, a text is too long, or a key is missing
        or unknown.

    Examples
    --------
    >>> from segmentation.settings import FitSettings
    >>> from_plain(FitSettings, {"seed": 3, "method": "kmeans"}, "fit")
    FitSettings(seed=3, method='kmeans')
    >>> from_plain(tuple[int, ...], [1, True], "ids")
    Traceback (most recent call last):
    segmentation.models.plain.NotPlain: ids[1] is not a whole number
    """
    if is_dataclass(hint):
        return _dataclass(hint, value, place)
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _union(parts, value, place)
    if origin is Literal:
        _require(isinstance(value, str) and value in parts, place, f"one of {', '.join(parts)}")
        return value
    if origin is tuple:
        return _tuple(parts, value, place)
    if hint is float:
        return _number(value, place)
    if hint is int:
        _require(type(value) is int and abs(value) <= LARGEST_WHOLE, place, "a whole number")
    elif hint is bool:
        _require(type(value) is bool, place, "true or false")
    else:
        assert hint is str, hint
        _require(isinstance(value, str) and _is_text(value), place, "a text of sensible length")
    return value


@cache
def _hints(of: Any) -> Mapping[str, Any]:
    return get_type_hints(of)


def _dataclass(of: Any, value: Any, place: str) -> Any:
    _require(isinstance(value, dict), place, "an object")
    known = {field.name: field for field in fields(of) if field.init}
    unknown = sorted(value.keys() - known.keys())
    _require(not unknown, place, f"known: {unknown[:1]}")
    lacking = sorted(known.keys() - value.keys())
    _require(not lacking, place, f"whole: it lacks {', '.join(lacking)}")
    hints = _hints(of)
    return of(
        **{name: from_plain(hints[name], given, f"{place}.{name}") for name, given in value.items()}
    )


def _union(parts: tuple[Any, ...], value: Any, place: str) -> Any:
    if value is None and type(None) in parts:
        return None
    for part in parts:
        if part is type(None):
            continue
        if (isinstance(value, str)) == (part is str or get_origin(part) is Literal):
            return from_plain(part, value, place)
    raise NotPlain(f"{place} is not of a known type")


def _tuple(parts: tuple[Any, ...], value: Any, place: str) -> Any:
    _require(isinstance(value, list), place, "a list")
    if parts[1:] == (Ellipsis,):
        parts = (parts[0],) * len(value)
    _require(len(value) == len(parts), place, f"a list of {len(parts)}")
    return tuple(
        from_plain(part, item, f"{place}[{i}]")
        for i, (part, item) in enumerate(zip(parts, value, strict=True))
    )


def _number(value: Any, place: str) -> float:
    _require(type(value) in (int, float), place, "a number")
    _require(abs(value) <= LARGEST_FLOAT and math.isfinite(value), place, "a number in range")
    return float(value)


def _is_text(value: str) -> bool:
    return len(value) <= LONGEST_TEXT and not any("\ud800" <= c <= "\udfff" for c in value)


def _require(met: bool, place: str, what: str) -> None:
    if not met:
        raise NotPlain(f"{place} is not {what}")
