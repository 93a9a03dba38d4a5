"""How soon a page of the staff shows what it is for, in Debian's Chromium with an empty cache."""

import json
import shutil
import time
from contextlib import closing
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from support import summary

# What an official came for: a page's first row, card or figure.
PAGES = {
    "conversations": ("/panel/conversaciones", "main li a"),
    "agenda": ("/panel/agenda", "main .fc-view"),
    "complaints": ("/panel/reclamos", "main tbody tr"),
    "numbers": ("/panel/cifras", "main dd"),
}
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
# The browser's own clock, from the start of the navigation to the frame after the element is there.
_WATCH = """
sessionStorage.setItem("munbot.panel.session", %(session)s);
let tell;
window.shown = new Promise((done, fail) => {
  tell = done;
  setTimeout(fail, 30000, "what the page is for did not appear within 30 s");
});
new MutationObserver((_, self) => {
  if (!document.querySelector(%(selector)s)) return;
  self.disconnect();
  requestAnimationFrame(() => setTimeout(() => tell(performance.now())));
}).observe(document, {childList: true, subtree: true});
"""


def measure_paint(base: str, login: dict[str, Any], rounds: int) -> dict[str, Any]:
    """Open each page so often, each time in a browser that has never seen it.

    Args:
        base: the platform's address.
        login: the answer of a log-in.
        rounds: how often.

    Returns:
        For each page the times in milliseconds until what it is for was painted; nothing where there is no Chromium.
    """
    path = shutil.which("chromium")
    if path is None:
        return {}
    expires = int((time.time() + login["expires_in"]) * 1000)
    session = {"token": login["access_token"], "expiresAt": expires, "me": login["agent"]}
    with sync_playwright() as playwright, closing(playwright.chromium.launch(executable_path=path, args=_FLAGS)) as it:
        return {
            name: summary([_open(it, base + path, selector, session) for _ in range(rounds)])
            for name, (path, selector) in PAGES.items()
        }


def _open(browser: Browser, address: str, selector: str, session: dict[str, Any]) -> float:
    with closing(browser.new_context(locale="es-CL", viewport={"width": 1280, "height": 800})) as context:
        page = context.new_page()
        kept = {"session": json.dumps(json.dumps(session)), "selector": json.dumps(selector)}
        page.add_init_script(_WATCH % kept)
        page.goto(address, wait_until="commit")
        shown: float = page.evaluate("window.shown")
        return shown
