"""Photos, points on the map and the buttons of reminders."""

from datetime import datetime

import pytest
from munbot_actions.protocol import read_turn

PHOTO = {"bucket": "attachments", "key": "whatsapp/valle-claro/1.jpg", "content_type": "image/jpeg", "size": 9}
OTHER = PHOTO | {"key": "whatsapp/valle-claro/2.jpg", "filename": "poste.jpg"}
PAPER = PHOTO | {"key": "whatsapp/valle-claro/3.pdf", "content_type": "application/pdf", "filename": "carta.pdf"}
PLAZA = {"latitude": -33.4, "longitude": -70.6, "name": "Plaza", "address": "Los Aromos 12"}
BARE = {"latitude": -33.4, "longitude": -70.6, "name": None, "address": None}


@pytest.fixture
def share(chat):
    """Callable: a file or a point comes, with words or without."""

    def send(text=None, intent="inform", *, media=None, location=None):
        plain = chat.request

        def request(*arguments):
            body = plain(*arguments)
            body["tracker"]["events"][-1]["metadata"] |= {"media": media, "location": location}
            return body

        chat.request = request
        try:
            return chat.say(text or ("/share_file" if media else "/share_location"), intent)
        finally:
            chat.request = plain

    return send


@pytest.fixture
def on_whatsapp(chat):
    """The citizen writes from a telephone; what is put into the fixture goes with every message."""
    more = {"channel": "whatsapp", "phone": "+56912345678"}
    plain = chat.request

    def request(*arguments):
        body = plain(*arguments)
        body["tracker"]["events"][-1]["metadata"] |= more
        return body

    chat.request = request
    return more


@pytest.fixture
def told(chat):
    """The complaint form, with the story told and the place asked."""
    assert "Dónde" in chat.say("no pasa el camión de la basura hace dos semanas", "create_complaint")
    return chat


def finish(chat):
    chat.say("15.482.903-2")
    said = chat.say("98765 4321")
    chat.say("sí", "affirm")
    return said


def test_photos_and_a_point_go_with_the_complaint(told, share):
    said = share(media=PHOTO)
    assert "Recibí la foto" in said
    assert "calle" in said  # it asks on
    said = share(location=PLAZA)
    assert "Recibí la ubicación" in said
    assert "RUT" in said
    share(media=OTHER)
    said = finish(told)
    assert "Lugar: Plaza, Los Aromos 12" in said
    assert "Con 2 fotos o archivos" in said
    body = told.complaints.created[0]
    assert body["place"] == {"address": "Plaza, Los Aromos 12", "latitude": -33.4, "longitude": -70.6}
    assert body["attachment_ids"] == ["id of 1.jpg", "id of poste.jpg"]
    assert told.slots["memory"].get("files") is None


def test_a_point_without_a_name_can_be_told_in_words_afterwards(told, share):
    assert "RUT" in share(location=BARE)
    assert told.slots["place"] == "El punto en el mapa que envió"
    told.say("es en calle los robles 120")
    assert "Lugar: calle los robles 120" in finish(told)
    assert told.complaints.created[0]["place"]["latitude"] == -33.4


def test_a_point_does_not_take_the_place_of_words(chat, share):
    chat.say("no pasa el camión de la basura en villa los aromos psje 3", "create_complaint")
    share(location=BARE)
    finish(chat)
    place = chat.complaints.created[0]["place"]
    assert place == {"address": "villa los aromos psje 3", "latitude": -33.4, "longitude": -70.6}


def test_another_place_takes_the_point_with_it(chat, share):
    chat.say("no pasa el camión de la basura en villa los aromos psje 3", "create_complaint")
    share(location=PLAZA)
    chat.say("15.482.903-2")
    chat.say("98765 4321")
    chat.say("no", "deny")
    assert "Dónde" in chat.press("El lugar")
    chat.say("pasaje el litre 45")
    chat.say("sí", "affirm")
    assert chat.complaints.created[0]["place"] == {"address": "pasaje el litre 45"}


def test_a_photo_with_the_story_under_it(chat, share):
    said = share("hay un microbasural en camino el espino sn", "create_complaint", media=PHOTO)
    assert "foto" in said
    assert "RUT" in said
    finish(chat)
    assert chat.complaints.created[0]["attachment_ids"] == ["id of 1.jpg"]


def test_a_voice_note_is_words_and_no_file(chat, share):
    voice = PHOTO | {"key": "whatsapp/valle-claro/4.ogg", "content_type": "audio/ogg"}
    said = share("hay un microbasural en camino el espino sn", "create_complaint", media=voice)
    assert "archivo" not in said
    assert "files" not in chat.slots["memory"]


def test_the_same_photo_counts_once(told, share):
    share(media=PHOTO)
    share(media=PHOTO)
    share("así está", media=PHOTO)
    assert len(told.slots["memory"]["files"]) == 1


@pytest.mark.parametrize(
    ("text", "intent"), [(None, "inform"), ("miren", "nlu_fallback"), ("hola", "greet"), ("ahí", "inform")]
)
def test_a_photo_out_of_the_blue_is_asked_about(text, intent, chat, share):
    said = share(text, intent, media=PHOTO)
    assert "Recibí su foto. ¿Es para un reclamo?" in said
    assert "Cuénteme" in chat.press("Sí")
    chat.say("hay un microbasural en camino el espino sn", "inform")
    assert "Con 1 foto" in finish(chat)
    assert chat.complaints.created[0]["attachment_ids"] == ["id of 1.jpg"]


def test_a_photo_that_is_for_nothing_is_dropped(chat, share):
    share(media=PHOTO)
    chat.press("No")
    chat.say("no pasa el camión de la basura en villa los aromos psje 3", "create_complaint")
    assert "foto" not in finish(chat)
    assert "attachment_ids" not in chat.complaints.created[0]


def test_the_story_may_come_instead_of_a_yes(chat, share):
    share(location=PLAZA)
    said = chat.say("no pasa el camión de la basura hace dos semanas", "create_complaint")
    assert "RUT" in said
    assert chat.slots["place"] == "El punto en el mapa que envió"


def test_a_photo_after_the_folio_is_added_to_the_complaint(chat, share):
    chat.say("no pasa el camión de la basura en villa los aromos psje 3", "create_complaint")
    finish(chat)
    assert "¿Lo agrego a su reclamo REC-2026-000777-4?" in share(media=PAPER)
    assert "quedó agregado" in chat.press("Sí")
    assert chat.complaints.attached == [("REC-2026-000777-4", ["id of carta.pdf"])]


def test_a_file_that_is_refused_after_the_folio(chat, share):
    chat.complaints.refuses = {PAPER["key"]}
    chat.say("no pasa el camión de la basura en villa los aromos psje 3", "create_complaint")
    finish(chat)
    share(media=PAPER)
    assert "no lo pude agregar" in chat.press("Sí")
    assert chat.complaints.attached == []


def test_a_refused_file_does_not_cost_the_complaint(told, share):
    told.complaints.refuses = {OTHER["key"]}
    share(media=PHOTO)
    share(media=OTHER)
    share(location=BARE)
    finish(told)
    assert told.complaints.created[0]["attachment_ids"] == ["id of 1.jpg"]
    assert "No pude agregar todos los archivos" in "\n".join(told.texts)
    assert "REC-2026-000777-4" in "\n".join(told.texts)


def test_a_store_that_is_away_costs_neither_photo_nor_complaint(told, share):
    share(media=PHOTO)
    share(location=BARE)
    told.say("15.482.903-2")
    told.say("98765 4321")
    told.complaints.away = True
    assert "guardé" in told.say("sí", "affirm")
    told.complaints.away = False
    told.say("sí", "affirm")
    assert told.complaints.created[0]["attachment_ids"] == ["id of 1.jpg"]


def test_in_another_form_a_photo_is_kept_and_the_form_goes_on(chat, share):
    chat.say("necesito hora para licencia el jueves a las 10", "book_appointment")
    said = share(media=PHOTO)
    assert "Recibí su foto y la guardo" in said
    assert "RUT" in said
    assert chat.loop == "booking_form"


def test_giving_the_complaint_up_drops_what_was_sent(told, share):
    share(media=PHOTO)
    told.say("olvídelo no más")
    assert "files" not in told.slots["memory"]


@pytest.mark.parametrize(
    "metadata", [{"media": "x"}, {"media": {}}, {"location": {"latitude": "north", "longitude": 1}}, {"location": []}]
)
def test_odd_metadata_is_nothing(metadata, chat):
    body = chat.request("hola", "greet", 0.9, "m1")
    body["tracker"]["events"][-1]["metadata"] |= metadata
    turn = read_turn(body)
    assert (turn.file, turn.point) == (None, None)


def test_who_writes_from_a_telephone_is_not_asked_for_one(chat, on_whatsapp):
    assert "mándeme la ubicación" in chat.say("no pasa el camión de la basura hace dos semanas", "create_complaint")
    chat.say("villa los aromos psje 3")
    assert "RUT 15.482.903-2, +56912345678" in chat.say("15.482.903-2")
    chat.say("sí", "affirm")
    assert chat.complaints.created[0]["citizen"]["phone"] == "+56912345678"


def test_a_number_that_the_services_would_refuse_is_none(chat, on_whatsapp):
    on_whatsapp["phone"] = "+5691"
    chat.say("no pasa el camión de la basura en villa los aromos psje 3", "create_complaint")
    assert "teléfono" in chat.say("15.482.903-2")


def test_whose_data_are_wrong_is_asked_for_the_telephone(chat, on_whatsapp):
    chat.say("necesito hora para licencia el jueves a las 10, soy Luis Soto, 15.482.903-2", "book_appointment")
    chat.say("no", "deny")
    chat.press("Corregir mis datos")
    chat.say("15.482.903-2")
    assert "teléfono" in chat.say("Luis Soto")


class TestReminders:
    @pytest.fixture
    def booked(self, chat):
        return chat.scheduler.add("15482903-2", "p1", datetime.fromisoformat("2026-11-25T11:00:00-03:00"))

    @pytest.mark.parametrize("name", ["code", "id"])
    def test_confirming(self, name, booked, chat):
        said = chat.say(f'/confirm_appointment{{"appointment":"{getattr(booked, name)}"}}')
        assert "Gracias por confirmar" in said
        assert "25 de noviembre, 11:00" in said
        assert chat.scheduler.confirmed == [booked.id]

    def test_who_cannot_come_moves_or_cancels(self, booked, chat):
        said = chat.say(f'/decline_appointment{{"appointment":"{booked.code}"}}')
        assert "Gracias por avisar" in said
        assert [b["title"] for b in chat.buttons] == ["Cambiarla", "Anularla", "Dejarla como está"]
        assert "¿Anulo" in chat.press("Anularla")
        chat.press("Sí")
        assert chat.scheduler.appointments[booked.id].status == "cancelled"

    def test_confirming_in_the_middle_of_a_form_goes_on_with_it(self, booked, chat):
        chat.say("quiero hacer un reclamo", "create_complaint")
        said = chat.say(f'/confirm_appointment{{"appointment":"{booked.code}"}}')
        assert "Gracias por confirmar" in said
        assert chat.loop == "complaint_form"

    def test_declining_in_the_middle_of_a_booking_gives_the_kept_hour_back(self, booked, chat):
        chat.say("necesito hora para permiso de circulación el jueves a las 10", "book_appointment")
        chat.say(f'/decline_appointment{{"appointment":"{booked.code}"}}')
        assert chat.loop == "appointment_form"
        assert chat.scheduler.released == ["h1"]

    @pytest.mark.parametrize("intent", ["confirm_appointment", "decline_appointment"])
    @pytest.mark.parametrize("payload", ['{"appointment":"ZZZZ-0000"}', ""])
    def test_an_hour_that_is_gone(self, intent, payload, booked, chat):
        assert "ya no está vigente" in chat.say(f"/{intent}{payload}")

    @pytest.mark.parametrize(
        ("text", "intent", "confirmed"),
        [("Confirmo", "inform", True), ("sí", "affirm", True), ("ahí estaré", "affirm", True), ("no", "deny", False)],
    )
    def test_the_reminder_may_be_answered_in_words(self, text, intent, confirmed, booked, chat, on_whatsapp):
        on_whatsapp["office_asks"] = [
            {"title": "Confirmo", "payload": f'/confirm_appointment{{"appointment":"{booked.code}"}}'},
            {"title": "No puedo ir", "payload": f'/decline_appointment{{"appointment":"{booked.code}"}}'},
        ]
        said = chat.say(text, intent)
        assert ("Gracias por confirmar" in said) is confirmed
        assert ("Gracias por avisar" in said) is not confirmed
        assert chat.scheduler.confirmed == ([booked.id] if confirmed else [])

    def test_other_words_after_a_reminder_are_not_its_answer(self, booked, chat, on_whatsapp):
        on_whatsapp["office_asks"] = [{"title": "Confirmo", "payload": '/confirm_appointment{"appointment":"x"}'}]
        assert "trámite" in chat.say("quiero pedir hora", "book_appointment")
        assert chat.scheduler.confirmed == []

    def test_a_cancelled_hour_is_gone(self, booked, chat):
        chat.scheduler.cancel("valle-claro", booked.id, "", "")
        assert "ya no está vigente" in chat.say(f'/confirm_appointment{{"appointment":"{booked.code}"}}')

    def test_typed_words_are_no_button(self, booked, chat):
        chat.say("confirm_appointment", "nlu_fallback")
        assert chat.scheduler.confirmed == []
