"""An office that has just been installed: nothing is configured yet."""

import pytest
from munbot_actions.services.complaints import Categories
from munbot_actions.services.scheduler import Catalogue


@pytest.fixture
def chat(chat):
    chat.scheduler.catalogue = lambda _tenant: Catalogue([], [])
    chat.complaints.categories = lambda _tenant: Categories([])
    return chat


def test_without_procedures_a_person_is_offered_and_the_form_is_closed(chat):
    said = chat.say("quiero pedir hora", "book_appointment")
    assert "no se dan horas por este chat" in said
    assert "persona" in chat.buttons[0]["title"]
    assert chat.slots["memory"].get("form") is None


def test_without_categories_a_person_is_offered_for_a_complaint(chat):
    chat.say("quiero pedir hora", "book_appointment")
    said = chat.say("hay un bache en la calle los robles 120", "create_complaint")
    assert "no se toman reclamos por este chat" in said
    assert chat.slots["memory"].get("form") is None
    assert not chat.complaints.created
