"""After an hour was set aside: pointing at it, at another of the list, or refusing it."""

from datetime import timedelta

import pytest
from munbot_actions.understanding import answers


def hold_first(chat):
    """Set Thursday's first hour, 8:30, aside; RUT is asked."""
    chat.say("hora para licencia el jueves", "book_appointment")
    assert [b["title"] for b in chat.buttons] == ["8:30", "12:30", "17:15", "Otro día"]
    first, second = chat.buttons[0], chat.buttons[1]
    assert "Le aparté" in chat.say("la primera")
    return first, second


@pytest.mark.parametrize("text", ["la primera", "esa", "ESA misma!", "sí, esa", "la que me apartó", "a las 8:30"])
@pytest.mark.parametrize("question", ["RUT", "nombre", "teléfono"])
def test_the_same_hour_is_said_and_the_question_goes_on(chat, text, question):
    hold_first(chat)
    if question != "RUT":
        chat.say("15.482.903-2")
    if question == "teléfono":
        chat.say("Marcela Soto")
    said = chat.say(text)
    assert "ya le tengo apartada: jueves 26 de noviembre, 8:30" in said
    assert question.lower() in said.lower()
    assert "no encuentro" not in said
    assert len(chat.scheduler.holds) == 1
    assert chat.scheduler.released == []


@pytest.mark.parametrize("text", ["la segunda", "mejor la segunda", "la 2da", "a las 12:30", "button"])
def test_another_of_the_list_replaces_it_and_gives_the_first_back(chat, text):
    _, second = hold_first(chat)
    said = chat.say(second["payload"] if text == "button" else text)
    assert "Se la cambié" in said
    assert "jueves 26 de noviembre, 12:30" in said
    assert "RUT" in said
    assert len(chat.scheduler.holds) == 1
    assert len(chat.scheduler.released) == 1
    assert "cambié" in chat.say("no, la última")
    assert chat.slots["slot_start"].startswith("2026-11-26T17:15")


def test_the_same_button_again_changes_nothing(chat):
    first, _ = hold_first(chat)
    assert "ya le tengo apartada" in chat.say(first["payload"])
    assert chat.scheduler.released == []


def test_a_lapsed_hour_is_set_aside_anew(chat):
    hold_first(chat)
    chat.now += timedelta(minutes=15)
    chat.scheduler.now = chat.now
    chat.scheduler.holds.clear()
    said = chat.say("esa")
    assert said.startswith("Le aparté por 10 minutos: jueves 26 de noviembre, 8:30")
    assert len(chat.scheduler.holds) == 1


@pytest.mark.parametrize("text", ["otra hora", "esa no", "no puedo a esa hora"])
def test_an_hour_that_will_not_do_opens_the_question_again(chat, text):
    hold_first(chat)
    said = chat.say(text, "deny")
    assert "día" in said
    assert len(chat.buttons) == 4
    assert chat.scheduler.holds == {}


def test_earlier_and_later_are_seen_from_the_kept_hour(chat):
    hold_first(chat)
    chat.say("la segunda")
    said = chat.say("¿más temprano no tiene?")
    assert all(b["title"] < "12:30" or len(b["title"]) == 4 for b in chat.buttons[:-1])
    assert "12:30" not in said


def test_wait_is_not_a_later_hour(chat):
    hold_first(chat)
    chat.say("más tarde se lo doy", "wait")
    assert len(chat.scheduler.holds) == 1


def test_the_last_of_hours_around_a_time_is_one_of_them(chat):
    chat.say("hora para licencia el jueves tipo 10", "book_appointment")
    assert [b["title"] for b in chat.buttons[:3]] == ["9:45", "10:00", "10:15"]
    assert "10:15" in chat.say("la última")


@pytest.mark.parametrize(
    ("text", "meant"),
    [("esa", True), ("me quedo con esa", True), ("la que me dijo", True), ("esa no", False), ("no esa", False)],
)
def test_that_one(text, meant):
    assert answers.means_that_one(text) is meant
