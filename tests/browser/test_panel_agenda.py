"""The agenda of the officials: what is booked in the chat appears, what is moved there reaches the citizen."""

import re
import secrets
from datetime import UTC, date, datetime, timedelta

import pytest
from browser_support import CODE, PATIENCE_MS, SLOT, check_accessible, shoot
from panel_support import card, drag, greeted, lane, place_of, thread_of
from playwright.sync_api import expect

pytestmark = pytest.mark.platform

MOVED = "Su hora para Certificado de número e informaciones previas cambió"


@pytest.fixture
def name():
    """A citizen whom no other card is named after."""
    return "Rosa Quil" + "".join(secrets.choice("abcdefgh") for _ in range(8))


def day_of(platform, offered):
    """Return the day that the chat offers as «Lun 23 nov, 8:30»."""
    day, clock = re.search(r"(\d{1,2}) \w+, (\d{1,2}:\d{2})$", offered).groups()
    query = {"procedure_id": "licencia-renovacion", "limit": 500}
    slots = platform.ask("GET", "/api/scheduler/v1/slots", params=query)["items"]
    told = f"{int(day):02}T{clock.zfill(5)}"
    return next(slot["start"][:10] for slot in slots if slot["start"][8:16] == told)


def dialog(page):
    return page.get_by_role("dialog", name="¿Mover esta hora?")


def notices(platform, conversation):
    return [one["text"] for one in thread_of(platform, conversation) if one["text"].startswith(MOVED)]


def test_a_booking_in_the_chat_appears_and_goes_without_reload(chat, panel, platform, rut, name):
    chat.say("quiero pedir hora para renovar mi licencia de conducir", "día")
    offered = chat.options.filter(has_text=SLOT).nth(1).inner_text()
    day = day_of(platform, offered)
    page = panel(f"/panel/agenda?vista=dia&fecha={day}")
    expect(page.get_by_role("grid")).to_be_visible()
    page.evaluate("window.neverReloaded = true")
    chat.press(SLOT, "RUT", nth=1)
    chat.say(rut, "nombre")
    chat.say(name, "teléfono")
    expect(card(page, name)).to_have_count(0)
    chat.say("98765 4321", "¿La reservo")
    chat.press("Sí, reservar", "Su código es")
    expect(card(page, name)).to_be_visible(timeout=PATIENCE_MS)
    assert platform.appointment(chat.find(CODE))["start"].startswith(day)
    check_accessible(page)
    shoot(page, "panel-agenda-day")
    chat.say("quiero anular mi hora", "¿Anulo")
    chat.press(re.compile("^Sí"), "anulé")
    expect(card(page, name)).to_have_count(0, timeout=PATIENCE_MS)
    assert page.evaluate("window.neverReloaded")


def test_a_dragged_hour_reaches_the_citizen(chat, panel, platform, bookings, name):
    conversation = greeted(chat, platform)
    quiet = bookings.quiet_day()
    first, target = quiet.starts[0], quiet.starts[4]
    booked = bookings.book(first, quiet.office_id, name=name, conversation_id=conversation)
    page = panel(quiet.address())
    drag(page, card(page, name), lane(page, target[11:16]))
    expect(dialog(page)).to_contain_text(target[11:16])
    dialog(page).get_by_label("Motivo").fill("El inspector llega más tarde")
    check_accessible(page)
    shoot(page, "panel-agenda-drop")
    dialog(page).get_by_role("button", name="Mover", exact=True).click()
    expect(dialog(page)).to_have_count(0)
    expect(card(page, f"{target[11:16]}, {name}")).to_be_visible()
    expect(chat.log).to_contain_text(
        re.compile(f"{MOVED}.* a las {target[11:16]} hrs.*El inspector llega más tarde"), timeout=PATIENCE_MS
    )
    assert datetime.fromisoformat(bookings.now(booked)["start"]) == datetime.fromisoformat(target)


def test_an_hour_is_moved_by_the_keyboard(chat, panel, platform, bookings, name):
    conversation = greeted(chat, platform)
    quiet = bookings.quiet_day()
    target = quiet.starts[3]
    booked = bookings.book(quiet.starts[0], quiet.office_id, name=name, conversation_id=conversation)
    page = panel(quiet.address())
    card(page, name).focus()
    page.keyboard.press("Enter")
    opened = page.get_by_role("dialog", name=name)
    opened.get_by_role("button", name="Mover…").press("Enter")
    opened.get_by_role("button", name=target[11:16], exact=True).press("Space")
    opened.get_by_label("Motivo").press_sequentially("Corte de luz")
    page.keyboard.press("Enter")
    expect(card(page, f"{target[11:16]}, {name}")).to_have_count(1)
    expect(chat.log).to_contain_text(re.compile(f" a las {target[11:16]} hrs.*Corte de luz"), timeout=PATIENCE_MS)
    page.keyboard.press("Escape")
    expect(opened).to_have_count(0)
    expect(card(page, name)).to_be_focused()
    assert datetime.fromisoformat(bookings.now(booked)["start"]) == datetime.fromisoformat(target)


def test_a_full_time_is_refused_and_a_free_one_is_at_hand(chat, panel, platform, bookings, name):
    conversation = greeted(chat, platform)
    quiet = bookings.quiet_day()
    first, full = quiet.starts[0], quiet.starts[4]
    booked = bookings.book(first, quiet.office_id, name=name, conversation_id=conversation)
    bookings.book(full, quiet.office_id, name="Otra Persona")
    page = panel(quiet.address())
    before = place_of(card(page, name))
    drag(page, card(page, name), lane(page, full[11:16]))
    dialog(page).get_by_role("button", name="Mover", exact=True).click()
    refusal = dialog(page).get_by_role("alert")
    expect(refusal).to_contain_text("No se pudo")
    expect(refusal).to_contain_text(re.compile("cupo|ocupad|tomada|disponible|libre"))
    check_accessible(page)
    shoot(page, "panel-agenda-full")
    assert place_of(card(page, name)) == before
    assert bookings.now(booked)["version"] == booked["version"]
    # One of the nearest free times is one press away, and the citizen hears of that one alone.
    dialog(page).get_by_role("group", name="Horas libres más cercanas").get_by_role("button").first.click()
    expect(dialog(page)).to_have_count(0)
    expect(chat.log).to_contain_text(MOVED, timeout=PATIENCE_MS)
    (notice,) = notices(platform, conversation)
    now = bookings.now(booked)["start"]
    assert f" a las {now[11:16]} hrs" in notice
    assert now[11:16] != full[11:16]


def test_an_hour_dropped_into_the_past_jumps_back(chat, panel, platform, bookings, name):
    conversation = greeted(chat, platform)
    soon = platform.ask("GET", "/api/scheduler/v1/slots", params={"procedure_id": "asistencia-social", "limit": 1})
    (slot,) = soon["items"]
    more = {"procedure_id": "asistencia-social", "conversation_id": conversation}
    booked = bookings.book(slot["start"], slot["office_id"], name=name, **more)
    day, past = date.fromisoformat(slot["start"][:10]), datetime.now(UTC).date() - timedelta(days=2)
    # Six weeks are drawn from the Monday before the first on: of this month's or the month before's, one has both days.
    shown = next(
        month
        for month in (day.replace(day=1), past.replace(day=1))
        if month - timedelta(days=month.weekday()) <= past
        and day < month - timedelta(days=month.weekday()) + timedelta(days=42)
    )
    page = panel(f"/panel/agenda?vista=mes&fecha={shown}&oficina={slot['office_id']}&tramite={slot['procedure_id']}")
    before = place_of(card(page, name))
    drag(page, card(page, name), page.locator(f'td.fc-daygrid-day[data-date="{past}"]'))
    dialog(page).get_by_role("button", name="Mover", exact=True).click()
    refusal = dialog(page).get_by_role("alert")
    expect(refusal).to_contain_text("No se pudo")
    expect(refusal).to_contain_text(re.compile("pas(ó|ado)|anticipación|futur"))
    shoot(page, "panel-agenda-past")
    dialog(page).get_by_role("button", name="Dejar como estaba").click()
    assert place_of(card(page, name)) == before
    assert bookings.now(booked)["version"] == booked["version"]
    # The chat still works, and nothing was told in between.
    chat.say("gracias", ".")
    assert notices(platform, conversation) == []
