"""Turns that go wrong: bad input, services away, the same message twice, lost races, other people's data."""

from datetime import datetime, timedelta

import pytest
from munbot_actions.dialogue.reply import Bubble, Button, Texts, pack
from munbot_actions.dialogue.state import State
from munbot_common.client import ServiceAway, ServiceProblem

RUT = "15.482.903-2"


def book_until_confirm(chat, text="hora para licencia el jueves a las 10"):
    chat.say(text, "book_appointment")
    chat.say(RUT)
    chat.say("Marcela Soto")
    return chat.say("987654321")


@pytest.mark.parametrize("text", ["", "   ", "🤷", "....", "😀" * 300])
def test_blank_messages_keep_the_form(chat, text):
    chat.say("hora para licencia", "book_appointment")
    said = chat.say(text, "nlu_fallback", 0.2)
    assert "palabras" in said
    assert chat.loop == "booking_form"


def test_ten_thousand_characters_are_read_and_kept_short(chat):
    said = chat.say("hay basura en la calle los robles 120 y " + "muy fea " * 1_250, "create_complaint")
    assert "RUT" in said
    chat.say(RUT)
    said = chat.say("987654321")
    assert "…" in said
    chat.say("sí", "affirm")
    assert len(chat.complaints.created[0]["description"]) <= 2_000


def test_html_is_text(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    chat.say(RUT)
    said = chat.say("<script>alert(1)</script>")
    assert "nombre" in said
    assert "<script>" not in said
    assert "teléfono" in chat.say("Ana <3")[:200] or chat.loop == "booking_form"


def test_the_same_message_twice_books_once(chat):
    book_until_confirm(chat)
    before, loop = dict(chat.slots), chat.loop
    first = chat.say("sí", "affirm", message_id="the-yes")
    chat.slots, chat.loop = before, loop  # the tracker was lost before it was saved: the message comes again
    chat.now += timedelta(seconds=5)
    again = chat.say("sí", "affirm", message_id="the-yes")
    assert len(chat.scheduler.appointments) == 1
    assert first.splitlines()[0] == again.splitlines()[0]


def test_an_action_that_rasa_repeats_within_a_turn_says_nothing_more(chat):
    from munbot_actions.protocol import read_turn

    chat.say("hora para licencia", "book_appointment")
    body = chat.request("mañana", "inform", 0.9, "m-same")
    first = chat.brain.take(read_turn(body))
    body["tracker"]["slots"] = {e["name"]: e["value"] for e in first["events"] if e["event"] == "slot"}
    second = chat.brain.take(read_turn(body))
    assert first["responses"]
    assert second["responses"] == []
    assert any(e == {"event": "active_loop", "timestamp": None, "name": "booking_form"} for e in second["events"])


def test_a_lost_race_offers_three_and_keeps_the_rest(chat):
    book_until_confirm(chat)
    chat.scheduler.taken.add(datetime.fromisoformat("2026-11-26T10:00:00-03:00"))
    said = chat.say("sí", "affirm")
    assert "tomaron" in said
    assert len(chat.buttons) == 4
    said = chat.say("la segunda")
    assert "¿La reservo?" in said
    chat.say("sí", "affirm")
    assert len(chat.scheduler.appointments) == 1


def test_a_slot_taken_before_it_is_held(chat):
    chat.say("hora para licencia el jueves", "book_appointment")
    first = chat.buttons[0]
    chat.scheduler.taken.add(datetime.fromisoformat("2026-11-26T08:30:00-03:00"))
    said = chat.say(first["payload"])
    assert "tomaron" in said
    assert "RUT" in chat.say("la primera")


def test_somebody_who_has_one_already_may_move_it(chat):
    chat.scheduler.add("15482903-2", "p1", datetime.fromisoformat("2026-11-25T11:00:00-03:00"))
    book_until_confirm(chat)
    said = chat.say("sí", "affirm")
    assert "ya tiene una hora" in said
    assert "miércoles 25" in said
    chat.press("Cambiarla")
    said = chat.say("el viernes a las 9")
    assert "cambiada" in said
    assert len(chat.scheduler.appointments) == 1


def test_the_scheduler_away_keeps_the_form_and_goes_on_later(chat):
    chat.say("hora para licencia", "book_appointment")
    chat.scheduler.away = True
    said = chat.say("el jueves a las 10, soy Marcela Soto 15.482.903-2")
    assert "guardé" in said
    assert chat.loop == "booking_form"
    chat.scheduler.away = False
    said = chat.say("sí", "affirm")
    assert "jueves 26 de noviembre, 10:00" in said
    assert "teléfono" in said


def test_the_scheduler_away_at_the_first_message(chat):
    chat.scheduler.away = True
    said = chat.say("hora para licencia", "book_appointment")
    assert "minuto" in said
    chat.scheduler.away = False
    said = chat.say("hola?", "greet")
    assert "trámite" in said or "día" in said


def test_away_while_booking_books_at_the_next_yes(chat):
    book_until_confirm(chat)
    chat.scheduler.away = True
    assert "guardé" in chat.say("sí", "affirm")
    chat.scheduler.away = False
    said = chat.say("sí", "affirm")
    assert "código" in said
    assert len(chat.scheduler.appointments) == 1


def test_a_booking_whose_answer_was_lost_is_not_made_twice(chat, monkeypatch):
    book_until_confirm(chat)
    book = chat.scheduler.book

    def answer_lost(tenant, body, key):
        book(tenant, body, key)
        raise ServiceAway("timed out")

    monkeypatch.setattr(chat.scheduler, "book", answer_lost)
    assert "guardé" in chat.say("sí", "affirm")
    monkeypatch.setattr(chat.scheduler, "book", book)
    said = chat.say("sí", "affirm")
    assert "código" in said
    assert len(chat.scheduler.appointments) == 1


def test_a_complaint_whose_answer_was_lost_carries_the_same_key(chat, monkeypatch):
    chat.say("hay un poste apagado en calle quillay 310, quiero reclamar, 15.482.903-2, 987654321", "create_complaint")
    create = chat.complaints.create

    def answer_lost(tenant, body, key):
        create(tenant, body, key)
        raise ServiceAway("timed out")

    monkeypatch.setattr(chat.complaints, "create", answer_lost)
    chat.say("sí", "affirm")
    monkeypatch.setattr(chat.complaints, "create", create)
    assert "REC-" in chat.say("sí", "affirm")
    assert len(set(chat.complaints.keys)) == 1


def test_what_was_not_known_goes_with_the_reply(chat):
    assert "no puedo" in chat.say("¿quién gana la elección?", "out_of_scope", 0.7)
    noted = {"question": "¿quién gana la elección?", "intent": "out_of_scope", "confidence": 0.7}
    assert chat.customs == [{"unanswered": noted}]


def test_a_bug_answers_kindly_too(chat, monkeypatch):
    monkeypatch.setattr(chat.scheduler, "slots", lambda *_a, **_k: 1 / 0)
    assert "minuto" in chat.say("hora para licencia", "book_appointment")


def test_an_unexpected_refusal_answers_kindly(chat, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise ServiceProblem(500, {"code": "internal"})

    monkeypatch.setattr(chat.scheduler, "nearest", refuse)
    monkeypatch.setattr(chat.scheduler, "slots", refuse)
    assert "minuto" in chat.say("hora para licencia", "book_appointment")


def test_a_wrong_rut_reveals_nothing_of_a_complaint(chat):
    chat.say("¿en qué va mi reclamo REC-2026-000013-K?", "query_complaint")
    for guess in ("1111", "2222"):
        said = chat.say(guess)
        assert "revisión" not in said
        assert "2026-11" not in said
    assert "persona" in chat.say("3333")


def test_an_appointment_found_by_rut_names_nobody(chat):
    chat.scheduler.add("15482903-2", "p1", datetime.fromisoformat("2026-11-25T11:00:00-03:00"))
    chat.say("quiero ver mi hora", "query_appointment")
    said = chat.say(RUT)
    assert "15.482.903-2" not in said
    assert "miércoles 25" in said


def test_several_appointments_are_chosen_by_number(chat):
    chat.scheduler.add("15482903-2", "p1", datetime.fromisoformat("2026-11-25T11:00:00-03:00"))
    chat.scheduler.add("15482903-2", "p3", datetime.fromisoformat("2026-11-26T11:00:00-03:00"))
    chat.say("quiero anular mi hora", "cancel_appointment")
    assert len(chat.say(RUT)) > 0
    assert len(chat.buttons) == 2
    assert "jueves 26" in chat.say("la segunda")
    chat.say("sí", "affirm")
    assert [a.status for a in chat.scheduler.appointments.values()] == ["booked", "cancelled"]


def test_a_new_day_gives_the_old_hold_back(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    assert len(chat.scheduler.holds) == 1
    chat.say("no, mejor el viernes a las 11")
    assert len(chat.scheduler.holds) == 1
    assert len(chat.scheduler.released) == 1


def test_giving_up_gives_the_hold_back(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    assert "no reservé" in chat.say("olvídalo", "deny")
    assert chat.scheduler.holds == {}
    assert chat.loop is None


def test_the_third_refusal_to_answer_offers_a_person_and_no_goes_on(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    for _ in range(2):
        chat.say("no entiendo qué", "nlu_fallback", 0.3)
    assert "persona" in chat.say("qué cosa", "nlu_fallback", 0.3)
    said = chat.say("no", "deny")
    assert "RUT" in said
    assert chat.conversations.handoffs == []


def test_yes_to_a_person_hands_over(chat):
    chat.say("esto no funciona", "complain_about_bot")
    chat.say("sí", "affirm")
    assert len(chat.conversations.handoffs) == 1


def test_a_complaint_while_booking_is_offered_afterwards(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    said = chat.say("también quiero reclamar por un poste apagado en calle Los Robles 120", "create_complaint")
    assert "también quiere hacer un reclamo" in said
    assert "RUT" in said
    chat.say(RUT)
    chat.say("Marcela Soto")
    chat.say("987654321")
    chat.say("sí", "affirm")
    assert "También quería" in "\n".join(chat.texts)
    said = chat.say("dale", "affirm")
    assert "Luminaria apagada" in said
    assert "¿Ingreso" in said


def test_a_person_who_comes_back_is_told_even_with_the_hold_alone(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    chat.now += timedelta(minutes=31)
    chat.scheduler.now = chat.now
    chat.scheduler.holds.clear()
    said = chat.say(RUT)
    assert "liberó" in said
    assert chat.slots["rut"] == "15482903-2"


def test_metadata_of_an_earlier_message_serves_a_message_without(chat):
    from munbot_actions.protocol import read_turn

    body = chat.request("hola", "greet", 0.9, "m1")
    body["tracker"]["events"].append({**body["tracker"]["events"][-1], "metadata": {}, "text": "licencia"})
    turn = read_turn(body)
    assert turn.tenant == "valle-claro"
    assert turn.conversation_id == "conv-1"


def test_at_most_two_bubbles_and_the_question_stays_whole():
    packed = pack([Bubble("a" * 300), Bubble("b" * 300), Bubble("¿Y la pregunta?", [Button("x", "/x")])])
    assert len(packed) == 2
    assert packed[1].text == "¿Y la pregunta?"
    assert all(len(bubble.text) < 400 for bubble in packed)
    assert packed[1].buttons


def test_buttons_are_on_the_last_bubble():
    packed = pack([Bubble("a", [Button("x", "/x")]), Bubble("b")])
    assert packed[0].buttons == []
    assert packed[1].buttons


def test_every_text_is_short_and_written_with_usted():
    texts = Texts.load()
    for key in sorted(texts._texts):
        text = texts._texts[key]
        assert isinstance(text, str), f"{key}: YAML read it as {type(text)}"
        assert 0 < len(text) < 300, key
        words = text.lower().split()
        assert not {"tú", "te", "tu", "quieres", "puedes", "tienes"} & set(words), key


def test_slots_of_an_older_version_start_empty():
    state = State.load({"memory": {"wishes": "nonsense"}, "rut": "15482903-2"}, "booking_form")
    assert state.form == "booking_form"
    assert state.wishes == []


def test_who_asks_where_one_office_is_is_shown_its_picture(chat):
    assert "Av. Los Maitenes 120" in chat.say("¿dónde queda tránsito?", "ask_location")
    assert chat.images == ["/api/imagenes/catalogos/valle-claro-oficinas/transito"]
    chat.say("¿a qué hora abre tránsito?", "ask_opening_hours")
    assert chat.images == []


def test_an_office_without_a_code_and_several_offices_have_no_picture(chat):
    chat.say("¿dónde queda la dideco?", "ask_location")
    assert chat.images == []
