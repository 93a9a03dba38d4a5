"""From an upload to an answer; and with the office's real, noisy ordinances, where they are at hand."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[5] / "shared" / "data" / "ordinances"
HOURS = {
    "question": "¿Hasta qué hora atiende la oficina de partes los viernes?",
    "also": ["a qué hora cierra la oficina de partes el viernes"],
    "answer": "La oficina de partes atiende los viernes hasta las 13:00 horas.",
}
TOPICS = {
    "mascotas.md": "# Mascotas\n\n## Paseos\n\nPasear un perro sin correa en la calle se multa con 2 UTM.",
    "aseo.md": "# Aseo\n\n## Retiro de basura\n\nLa basura domiciliaria se retira los lunes y jueves desde las 20:00.",
    "licencia.md": "# Licencia de conducir\n\n## Costo\n\nRenovar la licencia clase B cuesta 21.450 pesos.",
    "ruidos.md": "# Ruidos molestos\n\n## Horario\n\nLas obras solo pueden hacer ruido entre las 8:00 y las 19:00.",
    "ferias.md": "# Ferias libres\n\n## Puestos\n\nEl permiso de un puesto en la feria se paga cada semestre.",
}


@pytest.fixture
def ask(client, as_):
    def send(question, of=None):
        answer = client.post("/v1/answer", json={"question": question}, headers=as_("service", of))
        assert answer.status_code == 200, answer.text
        return answer.json()

    return send


def test_an_upload_is_answered_from_until_it_is_removed(client, as_, upload, ask):
    assert ask("¿cuánto es la multa por pasear un perro sin correa?")["mode"] == "unknown"
    keys = {name: upload(text, name).json()["id"] for name, text in TOPICS.items()}
    assert client.put("/v1/knowledge/pairs/partes", json=HOURS, headers=as_("admin")).status_code == 201

    fine = ask("¿De cuánto es la multa por pasear un perro sin correa?")
    assert (fine["mode"], fine["sources"][0]["document_id"]) == ("extractive", keys["mascotas.md"])
    assert "2 UTM" in fine["answer"]
    hours = ask("¿A qué hora cierra la oficina de partes el viernes?")
    assert (hours["mode"], hours["sources"][0]["document_id"]) == ("extractive", "pair-partes")
    assert "13:00" in hours["answer"]
    assert ask("¿De cuánto es la multa por pasear un perro sin correa?", "somebody-else")["sources"] == []

    client.delete(f"/v1/knowledge/documents/{keys['mascotas.md']}", headers=as_("admin"))
    assert "2 UTM" not in ask("¿De cuánto es la multa por pasear un perro sin correa?")["answer"]


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not there: real ordinances are not in the repository")
def test_real_ordinances_are_taken_and_cut_at_their_articles(client, as_, upload):
    for path in sorted(SHARED.iterdir()):
        answer = upload(path.read_bytes(), path.name)
        assert answer.status_code == 201, answer.text
        key, count = answer.json()["id"], answer.json()["passages"]
        page = client.get(f"/v1/knowledge/documents/{key}/passages?limit=200", headers=as_("viewer")).json()
        assert page["total"] == count > 5
        assert all(item["text"].strip() for item in page["items"])
        assert sum(bool(item["article"]) for item in page["items"]) > count / 2
    assert client.get("/v1/knowledge/documents", headers=as_("viewer")).json()["total"] == len(list(SHARED.iterdir()))
