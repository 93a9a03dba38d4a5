"""What citizens of all kinds wrote in trial conversations, and was answered badly before."""

import pytest
from munbot_actions.understanding import answers
from munbot_actions.understanding.message import Message
from munbot_actions.understanding.places import as_place, find_place

from .conftest import MONDAY

RUT = "15.482.903-2"


def complain(chat, text="hay un poste apagado en calle los robles 120"):
    return chat.say(text, "create_complaint")


def test_another_procedure_forgets_the_hours_of_the_first(chat):
    chat.say("hora para registro social el miércoles en la mañana", "book_appointment")
    old = chat.buttons[0]["payload"]
    said = chat.say("mejor quiero para permiso de circulación")
    assert "la hora es para Permiso de circulación" in said
    assert "miércoles 25" in said  # the day stays
    assert chat.buttons[0]["payload"] != old
    assert '"office_id":"o1"' in chat.buttons[0]["payload"]


@pytest.mark.parametrize("text", ["no, cambiar la hora", "quiero cambiar el día", "cambiar hora"])
def test_changing_the_hour_in_hand_is_no_second_wish(chat, text):
    chat.say(f"hora para licencia el jueves a las 10, soy Ana Soto, {RUT}, 987654321", "book_appointment")
    said = chat.say(text, "reschedule_appointment")
    assert "día" in said
    assert "también" not in said
    assert chat.slots["memory"].get("wishes") is None
    assert chat.scheduler.holds == {}


def test_an_hour_for_the_mother_comes_afterwards_with_her_own_rut(chat):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    assert "también quiere una hora" in chat.say("me da otra hora para mi mamá para el registro social?", "inform")
    assert len(chat.scheduler.holds) == 1
    chat.say(RUT)
    chat.say("Juan Soto")
    chat.say("987654321")
    assert "También quería pedir una hora" in chat.say("sí", "affirm")
    chat.say("sí", "affirm")
    assert "RUT" in chat.say("el viernes a las 10")
    assert chat.slots["rut"] is None


@pytest.mark.parametrize("text", ["no", "no, gracias", "no uso"])
def test_no_is_an_answer_to_the_telephone(chat, text):
    chat.say(f"hora para licencia el jueves a las 10, soy Ana Soto, {RUT}", "book_appointment")
    assert "¿La reservo?" in chat.say(text, "deny")


def test_the_morning_of_a_day_that_is_known(chat):
    chat.say("hora para licencia el jueves", "book_appointment")
    said = chat.say("mañana")
    assert "jueves 26" in said
    assert all(b["title"] < "13" or len(b["title"]) == 4 for b in chat.buttons[:-1])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cachai que no me sé el rut", "cédula"),
        ("no lo tengo a mano", "cédula"),
        ("¿para qué quieren mi rut?", "a su nombre"),
        ("no quiero dar mi rut", "a su nombre"),
    ],
)
def test_who_has_or_gives_no_rut_is_told_about_it(chat, text, words):
    chat.say("hora para licencia el jueves a las 10", "book_appointment")
    said = chat.say(text, "complain_about_bot")
    assert words in said
    assert "RUT" in said


def test_an_angry_neighbour_keeps_the_complaint(chat):
    complain(chat, "LLEVO TRES MESES ESPERANDO QUE ARREGLEN EL POSTE APAGADO DE MI CALLE Y NADIE HACE NADA")
    assert "Lamento" in chat.texts[0]
    assert "Dónde" in chat.texts[1]
    assert "molestia" in chat.say("son unos inútiles", "complain_about_bot")
    assert chat.conversations.handoffs == []
    assert "RUT" in chat.say("Pasaje Los Aromos 45")
    assert chat.slots["place"] == "Pasaje Los Aromos 45"


def test_what_the_complaint_is_about_stays_with_the_story(chat):
    assert "Cuénteme" in complain(chat, "tengo un problema con la basura")
    assert "Dónde" in chat.say("q no pasa hace dias")
    assert chat.slots["description"] == "tengo un problema con la basura. q no pasa hace dias"
    assert chat.slots["category"] == "aseo.retiro"


def test_my_street_is_nowhere(chat):
    complain(chat, "hay un poste apagado hace una semana")
    assert "exactamente dónde" in chat.say("en mi calle po")
    assert "RUT" in chat.say("los boldos 233")


@pytest.mark.parametrize(
    "text", ["no, el lugar está malo, es los boldos 332", "corrija la dirección, es en los boldos 332"]
)
def test_the_place_is_corrected_in_one_message(chat, text):
    complain(chat, f"hay un poste apagado en calle los robles 120, {RUT}, 987654321")
    said = chat.say(text)
    assert "Lugar: los boldos 332" in said
    assert "apagado" in said


def test_a_filed_complaint_is_followed_and_not_withdrawn(chat):
    complain(chat, f"hay un poste apagado en calle los robles 120, {RUT}, 987654321")
    chat.say("sí", "affirm")
    assert "En revisión" in chat.say("quiero saber como va", "nlu_fallback", 0.2)
    said = chat.say("y quiero anular el reclamo", "create_complaint")
    assert "no puedo retirarlo" in said
    chat.say("sí", "affirm")
    assert len(chat.conversations.handoffs) == 1


def test_what_is_being_made_is_called_off_by_its_name(chat):
    complain(chat, "quiero reclamar por la basura")
    assert "no ingresé" in chat.say("ya, cancela el reclamo", "cancel_appointment")
    chat.say("hora para licencia el jueves", "book_appointment")
    assert "no reservé" in chat.say("cancela la hora", "cancel_appointment")
    assert chat.loop is None


def test_emoji_are_answered_by_what_they_show(chat):
    assert "Hola" in chat.say("😀👋", "nlu_fallback", 0.2)
    assert "palabras" in chat.say("🚗📅", "nlu_fallback", 0.2)
    assert "persona" in chat.say("🗑️", "nlu_fallback", 0.2)
    assert "ayudo" in chat.say("👎", "nlu_fallback", 0.2)
    assert "persona" in chat.say("🤬", "nlu_fallback", 0.2)


def test_english_is_answered_so(chat):
    assert "only understand Spanish" in chat.say("tomorrow morning", "nlu_fallback", 0.2)
    assert len(chat.buttons) == 4


@pytest.mark.parametrize("text", ["me voy a the mall", "hola", "no sé the", "ok thanks po"])
def test_a_word_of_english_is_not_english(text):
    assert not answers.is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "porque se me venció en marzo y quiero la otra semana",
        "tengo la licencia vencida desde el 3 de marzo, para la otra semana",
        "mi licencia vence el martes, la otra semana por favor",
    ],
)
def test_when_a_paper_runs_out_is_no_wish(text):
    reading = Message(text, MONDAY).when
    assert reading.date is None
    assert [f"{day:%m-%d}" for day in reading.date_range] == ["11-30", "12-06"]


def test_shouted_streets():
    assert find_place("EL POSTE DE MI CALLE Y NADIE HACE NADA") is None
    assert find_place("NO HAY LUZ EN CALLE LOS ROBLES 120") == "CALLE LOS ROBLES 120"
    assert as_place("en mi casa") is None
    assert as_place("afuera de mi casa, los aromos 3") == "afuera de mi casa, los aromos 3"


@pytest.mark.parametrize(
    ("text", "withdraws"),
    [
        ("quiero anular mi reclamo", True),
        ("desisto del reclamo", True),
        ("retiren la basura, reclamo", False),
        ("quiero sacar un reclamo", False),
    ],
)
def test_withdrawing(text, withdraws):
    assert answers.withdraws_complaint(text) is withdraws


def test_without_an_hour_under_the_rut_a_new_one_is_booked(chat):
    chat.say("tengo hora mañana pero no puedo", "reschedule_appointment")
    assert "ninguna hora vigente" in chat.say(RUT)
    assert "trámite" in chat.say("entonces pida una nueva", "inform", 0.4)
    assert chat.loop == "booking_form"


def test_a_procedure_and_a_complaint_are_two_wishes(chat):
    said = chat.say("hola, necesito renovar la licencia y también reclamar por el ruido de un bar", "create_complaint")
    assert "también quiere hacer un reclamo" in said
    assert "día" in said
    assert chat.slots["procedure"] == "p1"


def test_a_place_said_later_replaces_none(chat):
    complain(chat, "hay un poste apagado hace una semana")
    chat.say("no sé la dirección exacta")
    assert chat.slots["place"] == "Sin lugar indicado"
    chat.say("es en la esquina quillay con boldo")
    assert "quillay con boldo" in chat.slots["place"]


def test_the_story_is_corrected_in_words(chat):
    complain(chat, f"hay un poste apagado en calle los robles 120, {RUT}, 987654321")
    assert "Cuénteme" in chat.say("cambiar lo que pasó", "inform", 0.4)
    assert "cables sueltos" in chat.say("hay una luminaria apagada y con cables sueltos", "create_complaint")


def test_an_address_ends_where_the_sentence_goes_on():
    assert find_place("es un bar en calle quillay 310 que pone música") == "calle quillay 310"
    assert find_place("se cayó un árbol en calle boldo 77 quién me paga") == "calle boldo 77"
