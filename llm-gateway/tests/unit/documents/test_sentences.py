import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_llm.documents.sentences import sentences


@pytest.mark.parametrize(
    "text",
    [
        "Según el Art. 12 de la Ley N° 18.695, modificada por la Ley N° 20.285.",
        "Artículo 27. Las infracciones se clasifican en Leves, Graves y Gravísimas.",
        "ART. N° 18: La ayuda se otorgará según el art. 6.",
        "a).- El piso deberá ser lavable.",
        "3.- Control reproductivo de mascotas.",
        "6.2. Aporte en vestuario",
        "La multa va de 0.5 U.T.M. a 5 U.T.M.",
        "Se atiende de 9:00 a.m. a 2:00 p.m. de lunes a viernes.",
        "Se informará al Sr. Alcalde, quien resolverá.",
        "Lo dispuesto en el D.S. N° 38 y en el D.F.L. N° 1.",
        "Av. Los Aromos 450, Depto. 12.",
        "La I. Municipalidad y el H. Concejo aprobaron la ordenanza.",
        "El transporte. se deberá completar según el formulario.",
        "Lunes a Jueves desde las 09:00 hrs. a las 01:00 hrs. Del día siguiente.",
        "Norma Chilena Oficial N°2907 Of. 2005 o aquella que la actualice.",
        "El sistema de frío, p. ej. un refrigerador.",
        "D.1. Cabarés, con espectáculos artísticos.",
        "II. APRUÉBASE la ordenanza.",
    ],
)
def test_stays_one_sentence(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("La multa es de 5 U.T.M. El juez la aplica.", ["La multa es de 5 U.T.M.", "El juez la aplica."]),
        ("Cierra a las 20:00 hrs. Los domingos no abre.", ["Cierra a las 20:00 hrs.", "Los domingos no abre."]),
        ("Rige la Ley N° 19.925. Queda prohibido vender.", ["Rige la Ley N° 19.925.", "Queda prohibido vender."]),
        ("¿Dónde se paga? En la Dirección de Tránsito.", ["¿Dónde se paga?", "En la Dirección de Tránsito."]),
        ("Son tres casos:\na) Uno.\nb) Dos.", ["Son tres casos:", "a) Uno.", "b) Dos."]),
        ("Lo dice la ley. «Toda persona» puede.", ["Lo dice la ley.", "«Toda persona» puede."]),
        ("La tarifa es 1,5 %. Vence el 31 de marzo.", ["La tarifa es 1,5 %.", "Vence el 31 de marzo."]),
        ("Se rige por la ordenanza.- Los locales cierran.", ["Se rige por la ordenanza.-", "Los locales cierran."]),
        ("Artículo 5. Uno basta. Otro no.", ["Artículo 5. Uno basta.", "Otro no."]),
        ("Se multa con 1 a 5 UTM. La reincidencia se dobla.", ["Se multa con 1 a 5 UTM.", "La reincidencia se dobla."]),
        ("", []),
        ("  \n \n", []),
    ],
)
def test_splits(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet='aZ áÑ.?!:;,()0-9\n"°«»', max_size=200))
def test_loses_nothing(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
