"""A second wish: noted while the first is done, with all that is told of it, and offered afterwards."""

import pytest
from munbot_actions.dialogue.papers import listed
from munbot_actions.dialogue.reply import LONGEST_BUBBLE, Texts
from munbot_common.client import ServiceAway

RUT = "15.482.903-2"
STORY = "hace dos semanas que no pasa el camión de la basura por villa los aromos psje 3"


def finish_booking(chat):
    """Answer what a booking still asks for; return what the bot says at the end."""
    chat.say(RUT)
    chat.say("Marcela Soto")
    chat.say("987654321")
    return chat.say("sí", "affirm")


def test_the_story_after_a_noted_complaint_is_kept_and_not_asked_again(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    assert "también quiere hacer un reclamo" in chat.say("quiero hacer un reclamo", "create_complaint")
    said = chat.say(STORY, "create_complaint")
    assert "anoté para su reclamo" in said
    assert "RUT" in said
    assert chat.slots["slot_start"].startswith("2026-11-26T10:00")
    assert "También quería hacer un reclamo" in finish_booking(chat)
    said = chat.say("sí", "affirm")
    assert "¿Ingreso" in said
    chat.say("sí", "affirm")
    filed = chat.complaints.created[0]
    assert filed["category"] == "aseo.retiro"
    assert filed["place"] == {"address": "villa los aromos psje 3"}
    assert filed["description"] == STORY


def test_the_story_is_kept_while_an_hour_is_moved(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    finish_booking(chat)
    chat.say("quiero cambiar mi hora", "reschedule_appointment")
    chat.say("quiero hacer un reclamo", "create_complaint")
    said = chat.say("hay un poste apagado en calle los robles 120 desde el lunes", "create_complaint")
    assert "anoté" in said
    assert "cambiada" in chat.say("el viernes a las 9")
    said = chat.say("sí", "affirm")
    assert "Luminaria apagada" in said
    assert "calle los robles 120" in said


def test_an_answer_and_a_story_joined_by_y_are_both_taken(chat):
    chat.say("quiero pedir hora", "book_appointment")
    said = chat.say("licencia, el jueves a las 10, y hay un poste apagado en mi calle", "create_complaint")
    assert "también quiere hacer un reclamo" in said
    assert "RUT" in said
    assert chat.slots["slot_start"].startswith("2026-11-26T10:00")
    assert "También quería hacer un reclamo" in finish_booking(chat)


def test_a_story_with_an_y_of_its_own_stays_whole(chat):
    chat.say("quiero pedir hora", "book_appointment")
    chat.say("hay un poste apagado y los vecinos tienen miedo", "create_complaint")
    assert "también quiere hacer un reclamo" in chat.texts[0]
    assert chat.slots["memory"]["wishes"][0]["text"] == "hay un poste apagado y los vecinos tienen miedo"


@pytest.mark.parametrize(("intent", "confidence"), [("inform", 0.5), ("nlu_fallback", 0.2), ("out_of_scope", 0.4)])
def test_a_story_that_the_classifier_misses_is_kept_right_after_the_request(chat, intent, confidence):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    chat.say("quiero hacer un reclamo", "create_complaint")
    assert "anoté" in chat.say("los vecinos del segundo piso son muy bulliciosos", intent, confidence)
    finish_booking(chat)
    assert "tipo" in chat.say("sí", "affirm")  # the story is known, its category is asked
    assert chat.slots["description"] == "los vecinos del segundo piso son muy bulliciosos"


def test_a_place_belongs_to_the_noted_complaint(chat):
    chat.say("hora para licencia el jueves a las 10 y quiero reclamar por un ruido", "book_appointment")
    said = chat.say("es un bar en calle quillay 310 que pone música hasta las 4 de la mañana", "inform", 0.5)
    assert "anoté" in said
    assert chat.slots["slot_start"].startswith("2026-11-26T10:00")


def test_without_a_noted_complaint_such_words_are_not_understood(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    assert "no encuentro un RUT" in chat.say("los vecinos del segundo piso son muy bulliciosos", "inform", 0.5)


def test_the_days_of_a_story_are_not_the_appointments(chat):
    chat.say("hora para licencia el jueves", "book_appointment")
    said = chat.say("desde el lunes que no pasa la basura por mi calle", "create_complaint")
    assert "también quiere hacer un reclamo" in said
    assert "jueves 26" in said
    assert "lunes" not in said


def test_an_answer_and_a_complaint_in_one_message_are_both_heard(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    said = chat.say(f"{RUT} y además quiero reclamar por la basura en la plaza los aromos", "inform")
    assert "también quiere hacer un reclamo" in said
    assert "nombre" in said
    assert chat.slots["rut"] == "15482903-2"
    said = chat.say("no, mejor el viernes a las 9, y también quiero reclamar por un poste apagado", "deny")
    assert "viernes 27" in said
    texts = [wish["text"] for wish in chat.slots["memory"]["wishes"]]
    assert texts == [
        "quiero reclamar por la basura en la plaza los aromos. quiero reclamar por un poste apagado",
    ]


def test_a_name_and_a_complaint_in_one_message_are_both_heard(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    chat.say(RUT)
    assert "teléfono" in chat.say("Marcela Soto y además quiero reclamar por la basura", "create_complaint")
    assert chat.slots["name"] == "Marcela Soto"


def test_a_name_is_no_story(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    chat.say("quiero hacer un reclamo", "create_complaint")
    chat.say(RUT)
    assert "teléfono" in chat.say("Luz María Soto", "create_complaint", 0.4)
    assert chat.slots["name"] == "Luz María Soto"


def test_who_the_citizen_is_may_stand_in_the_story(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    said = chat.say(f"hay un poste apagado en calle los robles 120, {RUT}", "create_complaint")
    assert "también quiere hacer un reclamo" in said
    assert "nombre" in said


def test_a_question_in_the_story_does_not_lose_it(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    chat.say("también hay un poste apagado en calle los robles 120, ¿cuándo lo arreglan?", "create_complaint")
    finish_booking(chat)
    assert "¿Ingreso" in chat.say("sí", "affirm")


def test_the_story_may_answer_the_offer(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    chat.say("quiero hacer un reclamo", "create_complaint")
    finish_booking(chat)
    said = chat.say("es por el camión de la basura que no pasa por villa los aromos psje 3", "inform", 0.5)
    assert "Retiro de basura" in said
    assert "¿Ingreso" in said


def test_a_wish_that_is_taken_up_unasked_is_not_offered_again(chat):
    chat.say("hay un poste apagado en calle los robles 120, quiero reclamar", "create_complaint")
    chat.say("también quiero pedir hora para licencia", "book_appointment")
    chat.say(RUT)
    chat.say("987654321")
    assert "También quería pedir una hora" in chat.say("sí", "affirm")
    assert "jueves 26" in chat.say("licencia, el jueves a las 10", "inform")
    chat.say("Marcela Soto")
    assert "También quería" not in chat.say("sí", "affirm")


def test_a_noted_story_is_there_when_the_menu_is_pressed_instead(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    chat.say("también hay un poste apagado en calle los robles 120", "create_complaint")
    finish_booking(chat)
    chat.say("hola", "greet")
    assert "Luminaria apagada" in chat.press("Hacer un reclamo")


def test_complaints_away_does_not_stop_a_booking(chat, monkeypatch):
    def away(_tenant):
        raise ServiceAway("down")

    monkeypatch.setattr(chat.complaints, "categories", away)
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    assert "también quiere hacer un reclamo" in chat.say("quiero reclamar", "create_complaint")
    assert "nombre" in chat.say(RUT)


def test_what_was_told_survives_a_service_that_is_away(chat):
    chat.say("hora para licencia el jueves", "book_appointment")
    chat.scheduler.away = True
    assert "guardé" in chat.say("el viernes y además quiero reclamar por un poste apagado en calle quillay 3", "inform")
    chat.scheduler.away = False
    chat.say("el viernes a las 9")
    finish_booking(chat)
    assert "Luminaria apagada" in chat.say("sí", "affirm")


def test_papers_stay_when_a_second_wish_is_offered(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    chat.say("quiero hacer un reclamo", "create_complaint")
    finish_booking(chat)
    booked, offer = chat.texts
    assert "código" in booked
    assert offer.splitlines()[:3] == ["Para ese día traiga:", "• Cédula de identidad vigente", "• Licencia que vence"]
    assert offer.endswith("También quería hacer un reclamo. ¿Lo vemos ahora?")
    assert [button["title"] for button in chat.buttons] == ["Sí", "No, gracias"]


def test_papers_that_do_not_fit_are_counted():
    texts = Texts.load()
    papers = [f"{n}. {'papel ' * 12}" for n in range(1, 10)]
    said = listed(texts, "booking.papers", papers)
    shown = sum(line.startswith("•") and "papel" in line for line in said.splitlines())
    assert len(said) <= LONGEST_BUBBLE
    assert said.splitlines()[-1] == f"• y {9 - shown} más"
    assert listed(texts, "booking.papers", papers, room=20) == ""
    assert listed(texts, "booking.papers", []) == ""
