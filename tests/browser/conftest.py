"""Fixtures of the browser tests; without a running platform, or without Chromium, they are skipped."""

import os
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode puts no test folder on the path
sys.path.append(str(Path(__file__).parents[1] / "e2e"))

from browser_support import CHROMIUM_FLAGS, PATIENCE_MS, TENANT, Chat, Platform, chromium, home_of, new_rut
from panel_support import Bookings, begin_session

DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def platform():
    base = os.environ.get("MUNBOT_TEST_BASE_URL")
    if not base:
        pytest.skip("MUNBOT_TEST_BASE_URL is not set: ./munbot test starts the platform and sets it")
    return Platform(base)


@pytest.fixture(scope="session")
def browser():
    path = chromium()
    if path is None:
        pytest.skip("there is no chromium: set MUNBOT_TEST_CHROMIUM")
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield started
        started.close()


@pytest.fixture
def new_context(platform, browser):
    """Callable: a browser of its own (storage, size, theme). Scripts that fail fail the test."""
    opened, errors = [], []

    def make(*, viewport=None, theme="light", **options):
        context = browser.new_context(
            base_url=platform.base_url,
            locale="es-CL",
            timezone_id="America/Santiago",
            viewport=viewport or DESKTOP,
            color_scheme=theme,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda failure: errors.append(str(failure.error)))
        context.on("dialog", lambda dialog: (errors.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    assert not errors, errors


@pytest.fixture
def visit(new_context):
    """Callable: go to an office's first page in a browser of one's own; gives its chat, still closed."""

    def go(tenant=TENANT, path=None, **options):
        page = new_context(**options).new_page()
        page.goto(path or home_of(tenant))
        return Chat(page, tenant)

    return go


@pytest.fixture
def chat(visit):
    """The open chat of Valle Claro."""
    return visit().open()


@pytest.fixture
def rut():
    return new_rut()


@pytest.fixture
def panel(new_context, platform):
    """Callable: a demo official in a browser of their own, already logged in; gives the page."""

    def enter(path="/panel", *, who="agente", tenant=TENANT, **options):
        context = new_context(**options)
        begin_session(context, platform.session(who, tenant))
        page = context.new_page()
        page.goto(path)
        return page

    return enter


@pytest.fixture
def bookings(platform):
    """Hours on quiet days; what is left of them is cancelled afterwards."""
    made = Bookings(platform)
    yield made
    made.cancel_all()
