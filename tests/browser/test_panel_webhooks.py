"""Webhooks on the officials' pages: added, tried, and taken away again."""

import re
import uuid

import pytest
from browser_support import PATIENCE_MS
from playwright.sync_api import expect

pytestmark = pytest.mark.platform


def test_an_administrator_adds_a_webhook_sees_its_secret_once_and_takes_it_away(panel):
    page = panel("/panel/ajustes/webhooks", who="admin")
    name = f"Sistema {uuid.uuid4().hex[:6]}"
    page.get_by_role("button", name="Agregar webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nombre").fill(name)
    dialog.get_by_label("Dirección").fill("https://127.0.0.1:8443/")
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_contain_text("Elija al menos un aviso")
    dialog.get_by_label("Reclamo nuevo").check()
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_contain_text("red interna")
    dialog.get_by_label("Dirección").fill("https://avisos.ejemplo.invalid/munbot")
    dialog.get_by_role("button", name="Guardar").click()
    shown = page.get_by_role("dialog", name="Clave del webhook")
    expect(shown.get_by_label("Clave para verificar la firma")).to_have_value(re.compile("^whsec_"))
    shown.get_by_role("button", name="Ya la guardé").click()
    page.get_by_role("button", name=f"Enviar una prueba a {name}").click()
    page.get_by_role("button", name=f"Envíos de {name}").click()
    expect(page.get_by_role("dialog")).to_contain_text("No se encontró el servidor", timeout=PATIENCE_MS)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Editar {name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Eliminar").click()
    page.get_by_role("dialog").get_by_role("button", name="Eliminar").click()
    expect(page.get_by_text("Webhook eliminado")).to_be_visible()
    expect(page.get_by_text(name)).to_have_count(0)
