"""The look of the report: a newspaper's page, in light and dark, on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterable

from segmentation.palette import segment_colour

# How far an index is from 100, in the colours that screens use for below and above.
STEPS = (0, 30, 50, 70, 85, 95, 105, 115, 130, 150, 170)
_BELOW, _ABOVE = "201, 123, 0", "47, 127, 193"
_STRENGTHS = (0.75, 0.6, 0.45, 0.3, 0.15, 0.0, 0.15, 0.3, 0.45, 0.6, 0.75)

_SHEET = """
:root { color-scheme: light dark; --paper: #FFFFFF; --ink: #1B1F23; --soft: #57606A;
  --rule: #D5DADF; --faint: #EEF1F3 }
@media (prefers-color-scheme: dark) { :root { --paper: #14171A; --ink: #E9ECEF; --soft: #A5AEB7;
  --rule: #3A4148; --faint: #22272C } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif }
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; overflow-wrap: break-word }
bdi, code { overflow-wrap: anywhere }
h1, h2, h3 { font-family: Georgia, "Liberation Serif", "Times New Roman", serif; line-height: 1.15;
  font-weight: 700; text-wrap: balance }
h1 { font-size: clamp(1.9rem, 5vw, 3rem); margin: .2rem 0 1rem }
h2 { font-size: 1.5rem; margin: 0 0 .4rem }
h3 { font-size: 1.2rem; margin: 0 }
section { border-top: 1px solid var(--ink); padding-top: .8rem; margin-top: 2.75rem }
p { margin: .5rem 0; max-width: 42rem }
.kicker { text-transform: uppercase; letter-spacing: .08em; font-size: .8rem; color: var(--soft) }
.lede { font: 1.25rem/1.45 Georgia, "Liberation Serif", serif }
.soft, caption, th { color: var(--soft) }
.soft, caption { font-size: .875rem }
caption { text-align: left; padding: 0 0 .4rem; max-width: 42rem }
table { border-collapse: collapse; width: 100%; font-size: .9375rem;
  font-variant-numeric: tabular-nums }
th { font-weight: 400; text-align: left; font-size: .8125rem; vertical-align: bottom }
td, th { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--rule) }
tbody th { min-width: 6.5rem; font-size: .9375rem; color: var(--ink); vertical-align: middle }
.number { text-align: right; white-space: nowrap }
td.bar { width: 26%; min-width: 3rem }
.bar svg { display: block; width: 100%; height: .8rem; overflow: visible }
.fill { fill: var(--segment) } .other { fill: var(--soft) }
.axis { stroke: var(--soft); stroke-width: 1; vector-effect: non-scaling-stroke }
.dot { display: inline-block; width: .7em; height: .7em; border-radius: 50%;
  background: var(--segment); margin-right: .45em; flex: none }
.wide { overflow-x: auto }
.heat td { text-align: center; white-space: nowrap;
  border: 2px solid var(--paper); padding: .4rem .25rem }
.heat th { padding-right: .5rem }
.figure { display: grid; grid-template-columns: minmax(0, 30rem) 1fr; gap: 1.5rem; margin: 0 }
.figure svg { width: 100%; height: auto; display: block }
.figure text { fill: var(--soft); font-size: 11px }
.grid { stroke: var(--rule); stroke-width: 1 }
.points circle { fill: var(--segment); fill-opacity: .6 }
.figure text.place { font-size: 17px; font-weight: 700; fill: var(--ink); stroke: var(--paper);
  stroke-width: 4px; paint-order: stroke }
.legend { padding-left: 1.4rem; margin: 2.2rem 0 0; font-size: .9375rem }
.legend li { padding-left: .2rem; margin-bottom: .35rem } .legend ::marker { font-weight: 700 }
.method h3 { margin-top: 1.2rem }
.card { border-top: 4px solid var(--segment); padding-top: .8rem; margin-top: 2.25rem;
  break-inside: avoid-page }
.card > div { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 7fr);
  gap: 0 2.5rem; margin-top: .5rem }
.card ul { padding-left: 1.1rem; margin: .6rem 0 } .card li { margin: .25rem 0 }
.do { border-left: 3px solid var(--segment); background: var(--faint); padding: .6rem .8rem;
  margin: .8rem 0 }
pre { white-space: pre-wrap; background: var(--faint); padding: .8rem 1rem; font-size: .8125rem;
  line-height: 1.45 }
dt { font-weight: 600; margin-top: .8rem } dd { margin: 0 }
code { font-size: .875em }
@media (max-width: 40rem) {
  main { padding-top: 1.25rem }
  .card > div, .figure { grid-template-columns: minmax(0, 1fr) } .range { white-space: normal }
  .legend { margin-top: 0 }
  td.bar { width: 22% } td, th { padding-right: .45rem }
  .sizes .trust { display: none } .sizes td.bar { width: auto; min-width: 1.5rem }
  .sizes th { white-space: normal } .sizes tbody th { min-width: 6rem }
  caption { max-width: calc(100vw - 2.5rem) } }
@media print {
  :root { --paper: #FFFFFF; --ink: #000000; --soft: #444444; --rule: #BBBBBB; --faint: #F2F2F2 }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  @page { margin: 16mm }
  html { font-size: 9pt } main { max-width: none; padding: 0 }
  section { margin-top: 1.6rem } h2, h3 { break-after: avoid }
  tr, .figure, p, .heat { break-inside: avoid } .wide { overflow: visible } }
"""


def sheet(places: Iterable[int]) -> str:
    """Return the style sheet for segments of these places among the colours."""
    colours = [f".c{place} {{ --segment: {segment_colour(place)} }}" for place in places]
    heat = [
        f".h{step} {{ background: rgba({_BELOW if step < 5 else _ABOVE}, {strength}) }}"
        for step, strength in enumerate(_STRENGTHS)
    ]
    return _SHEET + "\n".join([*colours, *heat, ""])


def warmth(index: float) -> str:
    """Return the class of an index: the colour of its step below or above 100."""
    return f"h{max(i for i, least in enumerate(STEPS) if index >= least or i == 0)}"
