"""Headline figures that count up when they change, and stand still where motion is not wanted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from segmentation.numerals import fixed

_CSS = """
dl { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0; font-family: var(--st-font);
  color: var(--st-text-color) }
dl > div { flex: 1 1 8rem; padding: .6rem 1rem; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); background: var(--st-background-color) }
dt { font-size: .875rem; opacity: .8 }
dd { margin: 0; font-size: 1.75rem; line-height: 1.3; font-variant-numeric: tabular-nums }
.real { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
"""

_JS = """
const still = matchMedia("(prefers-reduced-motion: reduce)");
export default function ({ parentElement, data }) {
  const list = parentElement.querySelector("dl");
  const shown = (window.__kpisShown ??= {});
  list.replaceChildren(...data.map(d => {
    const box = document.createElement("div"), dt = document.createElement("dt"),
      dd = document.createElement("dd"), real = document.createElement("span"),
      seen = document.createElement("span");
    dt.textContent = d.label; real.textContent = d.text; real.className = "real";
    seen.ariaHidden = "true"; seen.textContent = d.text;
    dd.append(real, seen); box.append(dt, dd);
    if (shown[d.id] !== d.value && !still.matches) count(seen, shown[d.id] ?? 0, d);
    shown[d.id] = d.value;
    return box }));
}
function count(span, from, d) {
  const digits = new Intl.NumberFormat("en", {
    minimumFractionDigits: d.digits, maximumFractionDigits: d.digits });
  const start = performance.now();
  const step = now => {
    const t = Math.min(1, Math.max(0, (now - start) / 400)), ease = 1 - (1 - t) ** 3;
    span.textContent = t < 1 ? digits.format(from + (d.value - from) * ease) : d.text;
    if (t < 1) requestAnimationFrame(step) };
  step(start);
}
"""


def show(screen: str, figures: Iterable[tuple[str, float, int]]) -> None:
    """Draw (label, value, digits) as a row of figures."""
    data: list[dict[str, Any]] = [
        {
            "id": f"{screen}/{label}",
            "label": label,
            "value": float(value),
            "digits": digits,
            "text": fixed(value, digits),
        }
        for label, value, digits in figures
    ]
    component = st.components.v2.component("kpis", html="<dl></dl>", css=_CSS, js=_JS)
    component(key=f"kpis-{screen}", data=data)
