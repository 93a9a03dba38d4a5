import pytest
from munbot_llm.answers.expectations import expectations
from munbot_llm.answers.nouns import key_nouns
from munbot_llm.retrieval.text import fold, stem


def kinds(question):
    return {expectation.kind for expectation in expectations(question)}


@pytest.mark.parametrize(
    ("question", "kind", "has", "has_not"),
    [
        ("¿Cuánto cuesta el permiso?", "price", "El derecho es de 2 U.T.M.", "El permiso se pide en Obras."),
        ("¿Hasta qué hora puede abrir el bar?", "hour", "Cierra a las 04:00 horas.", "Cierra de noche."),
        ("¿En cuánto tiempo responden?", "duration", "Dentro de diez días hábiles.", "Se responde por carta."),
        ("¿Cuántos litros puede tener el tarro?", "quantity", "un máximo de 60 litros", "un máximo de 60 metros"),
        ("¿A cuántos metros de un colegio?", "distance", "a menos de cien metros", "cerca de un colegio"),
        ("¿Cuál es el correo del Juzgado?", "email", "jpl@comuna.cl", "El Juzgado atiende en Calle Uno 5."),
        ("¿Qué porcentaje del local?", "percent", "no más del 10% de la superficie", "una parte de la superficie"),
    ],
)
def test_what_is_asked_for_is_told_from_what_is_not(question, kind, has, has_not):
    (expectation,) = [found for found in expectations(question) if found.kind == kind]
    assert expectation.hard
    assert expectation.met(fold(has))
    assert not expectation.met(fold(has_not))


def test_permission_is_asked_for_softly():
    (permission,) = [found for found in expectations("¿Puedo tener gallinas?") if found.kind == "permission"]
    assert not permission.hard
    assert permission.met(fold("Se prohíbe la crianza de aves"))


def test_an_open_question_asks_for_nothing_special():
    assert kinds("cuéntame de los perros") == set()


def test_nouns_are_told_by_the_words_before_them():
    nouns = key_nouns("quiero arrendar la cancha para el cumpleaños de mi hija")
    assert {stem("cancha"), stem("cumpleaños"), stem("hija")} <= nouns
    assert stem("arrendar") not in nouns
