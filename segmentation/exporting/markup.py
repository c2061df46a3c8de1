"""HTML in which no text can become markup."""

from __future__ import annotations

from html import escape


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, /, *children: str, **attributes: str | float | None) -> Markup:
    """Return an element; what is not `Markup` is text, and stays text.

    Attributes that are None are left out; a trailing underscore is dropped, and those within
    become hyphens.

    Examples
    --------
    >>> tag("p", "1 < 2 ", tag("b", "&"), class_="note")
    '<p class="note">1 &lt; 2 <b>&amp;</b></p>'
    """
    said = "".join(
        f' {key.removesuffix("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in ("meta", "link", "br", "rect", "circle", "line") and not children:
        return Markup(f"<{name}{said}/>")
    return Markup(f"<{name}{said}>{together(*children)}</{name}>")


def together(*parts: str) -> Markup:
    """Put elements and texts after each other."""
    return Markup("".join(part if isinstance(part, Markup) else escape(part) for part in parts))


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"
