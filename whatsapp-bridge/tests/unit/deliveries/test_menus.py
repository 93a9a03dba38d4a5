import pytest
from munbot_whatsapp.deliveries.contents import Body
from munbot_whatsapp.deliveries.menus import choice_of

OPTIONS = [{"title": "Sí, gracias", "payload": "/yes"}, {"title": "Mañana 10:15", "payload": "/slot"}]
MENU = {"turn": "t1", "options": OPTIONS}


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("1", "/yes"),
        (" 2 ", "/slot"),
        ("2.", "/slot"),
        ("2)", "/slot"),
        ("2️⃣", "/slot"),
        ("opción 2", "/slot"),
        ("La 2", "/slot"),
        ("Nº 1", "/yes"),
        ("si gracias", "/yes"),
        ("MANANA 10:15", "/slot"),
        ("0", None),
        ("3", None),
        ("12 de mayo", None),
        ("2 personas", None),
        ("sí", None),
        ("", None),
        ("999999", None),
    ],
)
def test_a_citizen_chooses_by_number_or_by_the_options_words(text, payload):
    assert choice_of(MENU, text) == payload


def test_without_a_menu_nothing_is_chosen():
    assert choice_of(None, "1") is None


def test_a_menu_lasts_until_another_turn_begins():
    menu = Body(text="1. Sí", menu=OPTIONS).menu_after(None, "t1")
    assert menu == MENU
    assert Body(text="Además…").menu_after(menu, "t1") == MENU
    assert Body(text="¿Cuántas personas?").menu_after(menu, "t2") is None
    assert Body(text="1. No", menu=OPTIONS[:1]).menu_after(menu, "t2") == {"turn": "t2", "options": OPTIONS[:1]}
