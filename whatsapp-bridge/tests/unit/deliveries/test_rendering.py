from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_contracts.messages import Button
from munbot_whatsapp.deliveries.contents import Body, Content
from munbot_whatsapp.deliveries.menus import choice_of
from munbot_whatsapp.deliveries.rendering import render
from munbot_whatsapp.deliveries.splitting import length

LOOKS = SimpleNamespace(shows_buttons=True, text_limit=4096)
PLAIN = SimpleNamespace(shows_buttons=False, text_limit=4096)
SHORT = SimpleNamespace(shows_buttons=False, text_limit=1600)
VISIBLE = st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"])
TEXT = st.text(alphabet=VISIBLE | st.sampled_from(" \n"), max_size=6000)
TITLE = st.text(alphabet=VISIBLE | st.just(" "), min_size=1, max_size=90).filter(str.strip)
BUTTON = st.builds(Button, title=TITLE, payload=st.text(alphabet=VISIBLE, max_size=230))
CONTENT = st.builds(Content, text=TEXT, buttons=st.lists(BUTTON, max_size=13))
FILE = {"bucket": "attachments", "key": "k", "content_type": "image/jpeg", "size": 3}


def buttons(count, *, title="Opción {}", payload="/p{}"):
    return [Button(title=title.format(number), payload=payload.format(number)) for number in range(1, count + 1)]


def no_blanks(text):
    return "".join(text.split())


@given(content=CONTENT, looks=st.sampled_from([LOOKS, PLAIN, SHORT]))
def test_every_message_keeps_whatsapps_limits(content, looks):
    for body in render(content, looks):
        choices = body.buttons + body.rows
        assert 0 < length(body.text) <= (1024 if choices else looks.text_limit)
        assert not (body.buttons and body.rows)
        assert len(body.buttons) <= 3
        assert len(body.rows) <= 10
        assert all(0 < length(button.title) <= 20 for button in body.buttons)
        assert all(0 < length(row.title) <= 24 and length(row.description) <= 72 for row in body.rows)
        assert all(0 < length(choice.id) <= 200 for choice in choices)
        assert len({choice.id for choice in choices}) == len({choice.title for choice in choices}) == len(choices)


@given(content=CONTENT, looks=st.sampled_from([LOOKS, PLAIN, SHORT]))
def test_no_word_and_no_choice_is_lost(content, looks):
    bodies = render(content, looks)
    said = no_blanks("".join(body.text for body in bodies))
    assert said.startswith(no_blanks(content.text))
    if not content.buttons:
        assert said == no_blanks(content.text)
        return
    last = bodies[-1]
    assert all(not (body.buttons or body.rows or body.menu) for body in bodies[:-1])
    offered = [(choice.description or choice.title, choice.id) for choice in last.buttons + last.rows]
    if last.menu is not None:
        offered = [(option.title, option.payload) for option in last.menu]
        for number, option in enumerate(last.menu, start=1):
            assert no_blanks(f"{number}. {option.title}") in said
            assert choice_of({"options": [o.model_dump() for o in last.menu]}, f" {number}. ") == option.payload
    assert offered == [(" ".join(button.title.split()), button.payload) for button in content.buttons]


@given(content=CONTENT)
def test_bodies_are_read_back_as_they_were_stored(content):
    for body in render(content, LOOKS):
        assert Body.model_validate(body.dump()) == body


@pytest.mark.parametrize(("count", "kind"), [(1, "buttons"), (3, "buttons"), (4, "rows"), (10, "rows"), (11, "menu")])
def test_the_number_of_choices_decides_how_they_look(count, kind):
    (body,) = render(Content(text="¿Cuál?", buttons=buttons(count)), LOOKS)
    assert len(getattr(body, kind)) == count
    assert sum(bool(getattr(body, other)) for other in ("buttons", "rows", "menu")) == 1


@pytest.mark.parametrize(
    ("offered", "kind"),
    [
        (buttons(2, title="Martes 24 de las {}0:00"), "rows"),
        (buttons(2, title="{} " + "x" * 60), "rows"),
        (buttons(2, title="{} " + "x" * 71), "menu"),
        (buttons(2, title="x" * 30 + " {}"), "menu"),  # the same when shortened
        (buttons(2, payload="{}" + "x" * 200), "menu"),
        (buttons(2, payload="same"), "menu"),
        (buttons(1, payload=""), "menu"),
    ],
)
def test_what_does_not_fit_a_button_is_shown_another_way(offered, kind):
    (body,) = render(Content(text="¿Cuál?", buttons=offered), LOOKS)
    assert len(getattr(body, kind)) == len(offered)


def test_where_buttons_are_not_shown_a_numbered_text_is_sent():
    (body,) = render(Content(text="¿Viene?", buttons=buttons(2, title="Respuesta {}")), PLAIN)
    assert body.text == (
        "¿Viene?\n\n1. Respuesta 1\n2. Respuesta 2\n\nResponda con el número de la opción que prefiera."
    )
    assert [option.payload for option in body.menu] == ["/p1", "/p2"]


def test_choices_without_a_question_get_one():
    (body,) = render(Content(buttons=buttons(2)), LOOKS)
    assert body.text == "Por favor, elija una opción:"


def test_a_long_text_goes_before_its_buttons():
    text = "Una frase completa. " * 300
    *before, last = render(Content(text=text, buttons=buttons(2)), LOOKS)
    assert len(before) == 2
    assert last.text.endswith("completa.")
    assert len(last.buttons) == 2


def media(kind):
    return {"kind": kind, "media": FILE}


def test_a_files_caption_is_its_text_unless_it_is_too_long_or_asks_something():
    assert [b.text for b in render(Content(text="Su plano", media=media("document")), LOOKS)] == ["Su plano"]
    long, asks = Content(text="x" * 1025, media=media("image")), Content(text="¿Sí?", media=media("image"))
    asks = asks.model_copy(update={"buttons": buttons(1)})
    sound = Content(text="Escuche", media=media("audio"))
    for content in (long, asks, sound):
        file, words = render(content, LOOKS)
        assert file.media is not None
        assert file.text == ""
        assert words.media is None
        assert words.text == content.text


def test_a_place_is_sent_before_its_words():
    content = Content(text="Aquí estamos", location={"latitude": -33.4, "longitude": -70.6})
    assert [bool(body.location) for body in render(content, LOOKS)] == [True, False]


def test_nothing_is_said_with_no_message():
    assert render(Content(text=" \n "), LOOKS) == []


def test_a_template_takes_the_place_of_its_words_and_keeps_them_for_providers_without_templates():
    content = Content(text="Hola", buttons=buttons(2), template={"name": "saludo", "language": "es", "buttons": ["/a"]})
    (body,) = render(content, LOOKS, as_template=True)
    assert (body.template.name, body.buttons) == ("saludo", [])
    assert body.text.startswith("Hola\n\n1. Opción 1\n2. Opción 2")
    assert body.menu == content.buttons
    (words,) = render(content, LOOKS)
    assert words.template is None
