"""The foot of the menu: a switch between light and dark, and a menu that makes room.

Streamlit has no call that sets the theme; the switch presses the entries of its own menu, which
changes everything live, without a rerun, and keeps the session. In a narrow window the menu lies
over the screen, and Streamlit closes it after a choice on phones alone.
"""

from __future__ import annotations

import streamlit as st

_HTML = '<button type="button" role="switch" aria-checked="false">Dark mode</button>'

_CSS = """
button { font: inherit; font-size: .875rem; color: var(--st-text-color);
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius); padding: .35rem .75rem; cursor: pointer; width: 100% }
button::before { content: "\\25D0"; margin-right: .5em }
button:hover { border-color: var(--st-primary-color) }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px }
"""

_JS = """
const waitFor = (selector, left = 100) => new Promise((found, lost) => {
  const look = n => { const e = document.querySelector(selector);
    if (e) found(e); else if (n) setTimeout(look, 10, n - 1); else lost(selector) };
  look(left);
});
async function choose(name) {
  const veil = document.createElement("style");
  veil.textContent = '[data-testid="stMainMenuPopover"]{visibility:hidden!important}';
  document.head.append(veil);
  try {
    const menu = await waitFor('[data-testid="stMainMenuButton"]');
    if (menu.getAttribute("aria-expanded") !== "true") menu.click();
    (await waitFor(`[data-testid="stMainMenuItem-theme-${name}"]`)).click();
    if (menu.getAttribute("aria-expanded") === "true") menu.click();
  } finally { setTimeout(() => veil.remove(), 300) }
}
const app = () => document.querySelector('[data-testid="stApp"]');
const isDark = () => getComputedStyle(app()).colorScheme === "dark";
const NARROW = matchMedia("(max-width: 48rem)");
function makeRoom(event) {
  if (!NARROW.matches || !event.target.closest('[data-testid="stSidebarNavLink"]')) return;
  setTimeout(() => document.querySelector('[data-testid="stSidebarCollapseButton"] '
    + 'button[aria-expanded="true"]')?.click(), 100);
}
export default function ({ parentElement }) {
  const button = parentElement.querySelector("button");
  const show = () => { button.setAttribute("aria-checked", isDark());
    button.textContent = isDark() ? "Light mode" : "Dark mode" };
  button.onclick = async () => {
    const name = isDark() ? "Light" : "Dark";
    await choose(name);
    // Streamlit remembers the theme for each address apart; this makes it one choice.
    for (const link of [location, ...document.querySelectorAll('[data-testid="stSidebarNavLink"]')])
      localStorage.setItem(`stActiveTheme-${new URL(link.href).pathname}-v2`, JSON.stringify(name));
    setTimeout(() => button.focus(), 60);
  };
  show();
  const watch = new MutationObserver(show);
  watch.observe(app(), { attributes: true, attributeFilter: ["class"] });
  document.addEventListener("click", makeRoom);
  return () => { watch.disconnect(); document.removeEventListener("click", makeRoom) };
}
"""


def switch() -> None:
    """Draw the switch."""
    st.components.v2.component("theme_switch", html=_HTML, css=_CSS, js=_JS)(key="theme_switch")
