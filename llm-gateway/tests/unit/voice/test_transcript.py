"""Made-up endings, confidence, and notes in which nobody spoke."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_llm.voice.transcript import confidence_of, transcript_of, without_made_up_ending


def heard(text, *, logprob=-0.2, no_speech=0.05, start=0.0, end=3.0):
    return {"text": text, "start": start, "end": end, "logprob": logprob, "no_speech": no_speech}


@pytest.mark.parametrize(
    "ending",
    [
        "Subtítulos por la comunidad de Amara.org",
        "Subtítulos realizados por la comunidad de Amara.org.",
        "¡Gracias por ver el video!",
        "Gracias por ver el vídeo.",
        "¡Suscríbete al canal!",
        "¡Suscríbete! ¡Gracias por ver!",
        "www.mooji.org",
    ],
)
def test_what_nobody_said_is_dropped(ending):
    said = "Necesito hora. El 3.5 no es mi número."
    assert without_made_up_ending(f"{said} {ending}") == said
    assert transcript_of([heard(ending)], seconds=4.0, language="es").speech is False


@pytest.mark.parametrize(
    "said",
    [
        "Muchas gracias.",
        "Gracias por ver mi caso, necesito una respuesta.",
        "Quiero reclamar porque el video de la cámara no se ve.",
        "Gracias por ver el video. Ahora quiero reclamar.",
    ],
)
def test_what_somebody_may_have_said_stays(said):
    assert without_made_up_ending(said) == said


def test_stretches_are_joined_and_numbers_written():
    made = transcript_of(
        [heard("Mi rut es quince millones cuatrocientos ochenta y dos mil"), heard("novecientos tres guión dos.")],
        seconds=6.0,
        language="es",
    )
    assert made.text == "Mi rut es 15482903-2."
    assert made.speech
    assert made.seconds == 6.0


@pytest.mark.parametrize("text", ["", " ", "...", "¡!"])
def test_nobody_spoke(text):
    made = transcript_of([heard(text)] if text else [], seconds=4.0, language="es")
    assert (made.text, made.confidence, made.speech) == ("", 0.0, False)


def test_confidence_follows_what_the_model_thinks():
    sure, unsure = heard("a", logprob=-0.1), heard("a", logprob=-1.2)
    assert confidence_of([sure]) > 0.8 > 0.4 > confidence_of([unsure])
    assert confidence_of([sure]) > confidence_of([heard("a", logprob=-0.1, no_speech=0.6)])
    long_unsure = heard("a", logprob=-1.2, start=3, end=20)
    assert confidence_of([sure, long_unsure]) < confidence_of([sure, unsure])


@given(
    st.lists(
        st.builds(
            heard,
            st.just("a"),
            logprob=st.floats(-30, 1),
            no_speech=st.floats(0, 1),
            start=st.floats(0, 60),
            end=st.floats(0, 60),
        )
    )
)
def test_confidence_is_between_0_and_1(stretches):
    assert 0 <= confidence_of(stretches) <= 1
