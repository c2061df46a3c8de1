"""A style sheet for what Streamlit's settings leave unsteady, cut off or hard to read."""

from __future__ import annotations

# As in `segmentation.charts`, which is loaded later, since the first screen does without.
FEW_COLUMNS = 8

# The input of a list of choices makes room for typing while it has the focus; losing it, it would
# shrink between press and release and move the button pressed from under the pointer.
_LISTS = """
[data-testid="stMultiSelectTagsContainer"] input[value=""] { min-width: 8px }
[data-testid="stMultiSelect"] [role="group"]:has(> [data-testid="stMultiSelectTagsContainer"]) {
  max-height: 24rem }
[data-testid="stMultiSelect"] [data-tag] { height: auto; min-height: 28px }
[data-testid="stMultiSelect"] [data-tag] > span { white-space: normal; overflow-wrap: anywhere }
"""

_WRAPPED = """
[data-testid="stFileUploaderDropzoneInstructions"] span, .stMarkdownBadge {
  white-space: normal !important; overflow-wrap: anywhere }
[data-testid="stCaptionContainer"] code { font-size: .8125rem }
"""

# A line of text that can be pressed: it starts where other text does, also where it is broken.
_PRESSED = """
[class*="st-key-headline-"] button, [class*="st-key-headline-"] button > div {
  justify-content: flex-start; text-align: left }
"""

# On a screen of usual width what is chosen from stands in one row.
_ROOM = """
@media (min-width: 64rem) { [data-testid="stMainBlockContainer"] { padding-inline: 2.5rem } }
"""

# In the primary colour, the text of what is chosen would be too faint on a dark page.
_CHOSEN = """
[data-testid="stButtonGroup"] [aria-checked="true"] { color: inherit !important }
"""

# Conditions are looked at more often than closed, so they are smaller than other buttons.
_CHIPS = """
[class*="st-key-filter-chip-"] button { min-height: 0; padding: .1rem .6rem; border-radius: 1rem }
[class*="st-key-filter-chip-"] :is(p, span) { font-size: .85rem }
.st-key-filter-chips { row-gap: .25rem }
@media (pointer: coarse) { [class*="st-key-filter-chip-"] button { padding: .35rem .75rem } }
"""

# A bar where there is more to the side; browsers of phones show none before one scrolls.
_TABLES = """
.st-key-rfm-names td:last-child { min-width: 16rem }
.st-key-read-report td:last-child * { overflow-wrap: anywhere }
[data-testid="stDataFrame"] .dvn-scroller {
  scrollbar-color: auto !important; scrollbar-width: auto !important }
[data-testid="stDataFrame"] .dvn-scroller::-webkit-scrollbar { height: 8px; width: 0 }
[data-testid="stDataFrame"] .dvn-scroller::-webkit-scrollbar-thumb {
  background: #7D8790; border-radius: 4px }
"""

# A scene is as large as it is high, and on a phone must be no wider than the page; the names of
# many segments go there one below the other, and would leave it half of its height. One finger
# scrolls the page, on a chart too; at full size, where there is no page, it turns the
# three-dimensional map.
_CHARTS = f"""
.js-plotly-plot .node-label {{ text-shadow: none !important }}
.st-key-map-3d {{ height: clamp(360px, 108vw, 600px) }}
@media (pointer: coarse) {{
  .js-plotly-plot .drag:not(.nsewdrag) {{ pointer-events: none !important }}
  .js-plotly-plot:not(:has([data-title="Close fullscreen"])) .gl-container {{
    pointer-events: none }} }}
@media (max-width: 640px) {{
  .st-key-map-3d:has(.legend .traces:nth-of-type(5)) {{ height: 160vw }}
  .js-plotly-plot:has(.xtick:nth-of-type({FEW_COLUMNS + 1})) .heatmap-label {{ display: none }}
  .st-key-rfm-grid .heatmap-label text {{ font-size: 9px !important }}
  .st-key-sales-map .heatmap-label {{ display: none }} }}
"""

# Streamlit's own font of icons draws a name as its icon.
_TRUST = """
.trust > i, .council i { font: normal 1.1em/1 "Material Symbols Rounded"; letter-spacing: normal;
  text-transform: none; white-space: nowrap; font-feature-settings: "liga" }
.segment-name { margin: 0; padding: 0; font-weight: 600 }
.segment-name > span { font-size: 1.1rem !important }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0; font-size: .875rem }
.facts > div { flex: 1 1 7rem }
.facts > div:nth-last-child(-n+2) { flex: 2 1 14rem }
.facts dt { opacity: .75 }
.facts dd { margin: 0 }
.segments-found { display: grid; gap: .45rem 1.5rem;
  grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)) }
.trust { display: inline-flex; align-items: center; gap: .3rem; font-style: normal;
  font-size: .8rem; margin-left: 1.1rem; padding: .05rem .45rem; border-radius: .4rem }
.trust-sure { opacity: .75 }
.trust-doubtful { background: rgba(201, 123, 0, .18) }
.trust-unsure { background: rgba(200, 40, 40, .2); font-weight: 600 }
.found-so-far { overflow-x: auto }
.found-so-far table, .council { border-collapse: collapse; font-size: .875rem }
.found-so-far :is(td, th) { padding: .15rem .5rem; text-align: right; font-weight: 400 }
.found-so-far th[scope="row"] { text-align: left; opacity: .75; padding-left: 0 }
.council { width: 100% }
.council :is(td, th) { padding: .5rem .75rem .5rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid rgba(125, 135, 144, .3) }
.council thead th { font-weight: 400; opacity: .75 }
.council th small { display: block; font-weight: 400; opacity: .75; font-size: .8125rem }
.council th[scope="row"] { width: 30%; font-weight: 600 }
.council td:nth-child(2) { white-space: nowrap }
.council td b { font-size: 1.15rem; display: inline-block; min-width: 1.6rem }
.council td span { display: inline-flex; align-items: center; gap: .25rem }
.council .agrees td span i { color: #10A070 }
.council .dissents td span i { color: #C97B00 }
@media (max-width: 640px) {
  .council thead { display: none }
  .council tr { display: block; padding: .5rem 0;
    border-bottom: 1px solid rgba(125, 135, 144, .3) }
  .council :is(td, th) { display: block; border: 0; padding: .1rem 0 }
  .council th[scope="row"] { width: auto } }
"""

_ALL = (_TRUST, _LISTS, _WRAPPED, _PRESSED, _ROOM, _CHOSEN, _CHIPS, _TABLES, _CHARTS)
SHEET = f"<style>{''.join(_ALL)}</style>"
