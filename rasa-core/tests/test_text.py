import pytest
from munbot_rasa.components.text import MAX_CHARACTERS, normalise, without_accents


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("HOLAAAA!!!", "hola!!!"),
        ("kiero ora pa la licencia xfa", "quiero hora para la licencia por favor"),
        ("q papeles nesesito?", "que papeles necesito?"),
        ("muévela pal jueves", "muévela para el jueves"),
        ("gracias 🙏🙏", "gracias gracias gracias"),
        ("👍", "sí"),
        ("😂😂😂", ""),
        ("<b>hola</b>", "hola"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("mira https://ejemplo.cl/x?y=1 esto", "mira esto"),
        ("  dos\n\n líneas\t", "dos líneas"),
        ("1000000", "1000000"),
        ("\x00\x07", ""),
        ("", ""),
    ],
)
def test_messages_are_written_out(typed: str, read: str) -> None:
    assert normalise(typed) == read


def test_a_very_long_message_keeps_its_start_and_its_end() -> None:
    text = normalise("quiero pedir hora " + "bla " * 3000 + "para la licencia")
    assert len(text) <= MAX_CHARACTERS
    assert text.startswith("quiero pedir hora")
    assert text.endswith("para la licencia")


def test_accents_go_but_the_letter_ene_stays() -> None:
    assert without_accents("mañana, mi corazón y pingüino") == "mañana, mi corazon y pinguino"
