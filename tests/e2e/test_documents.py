"""An office's own documents, from the upload to the answer in the chat; voice notes; who may do which."""

import secrets
from pathlib import Path

import httpx
import pytest
from e2e_support import Visitor, problem_of, until
from processes import Processes

pytestmark = pytest.mark.platform

VOICE_NOTE = Path(__file__).parents[2] / "llm-gateway" / "tests" / "fixtures" / "licencia.ogg"
DOCUMENT = """# Ludoteca de Valle Claro

## Horario
La ludoteca municipal {name} abre los sábados de 10:15 a 12:45 horas.

## Préstamo
Cada familia puede llevarse de la ludoteca {name} hasta cuatro juegos por nueve días.
"""


@pytest.fixture
def library(admin):
    """An uploaded document about something that nothing else speaks of, removed afterwards; (id, its name)."""
    name = f"Trompo{secrets.token_hex(3)}"
    files = {"file": (f"{name}.md", DOCUMENT.format(name=name).encode(), "text/markdown")}
    answer = admin.post("/api/knowledge/v1/documents", files=files)
    assert answer.status_code == 201, answer.text
    yield answer.json()["id"], name
    admin.delete(f"/api/knowledge/v1/documents/{answer.json()['id']}")


@pytest.fixture(scope="module")
def processes(platform):
    found = Processes.of_platform()
    if isinstance(found, str):
        pytest.skip(found)
    return found


def texts(bubbles):
    return "\n".join(bubble["text"] for bubble in bubbles)


def test_an_uploaded_document_answers_in_the_chat_and_a_deleted_one_no_more(platform, admin, visitor, library):
    document, name = library
    said = texts(visitor.say(f"¿cuántos juegos me puedo llevar de la ludoteca {name}?"))
    assert "hasta cuatro juegos" in said
    assert "Ludoteca" in said.partition("Fuente")[2], "the source is named"
    assert admin.delete(f"/api/knowledge/v1/documents/{document}").status_code == 204
    again = texts(Visitor(platform.base_url).say(f"¿cuántos juegos me puedo llevar de la ludoteca {name}?"))
    assert "cuatro juegos" not in again


def test_a_document_of_one_municipality_says_nothing_in_the_other(platform, stranger, library):
    document, name = library
    other = Visitor(platform.base_url, tenant="punta-brava")
    assert "cuatro juegos" not in texts(other.say(f"¿cuántos juegos me puedo llevar de la ludoteca {name}?"))
    assert stranger.get(f"/api/knowledge/v1/documents/{document}").status_code == 404
    assert stranger.delete(f"/api/knowledge/v1/documents/{document}").status_code == 404
    listed = stranger.get("/api/knowledge/v1/documents", params={"limit": 100}).json()["items"]
    assert document not in {item["id"] for item in listed}


def test_who_may_change_documents(viewer, agent, visitor, library):
    document, _ = library
    assert viewer.get(f"/api/knowledge/v1/documents/{document}/passages").status_code == 200
    for somebody in (viewer, agent, visitor.http):
        refused = somebody.delete(f"/api/knowledge/v1/documents/{document}")
        assert refused.status_code == 403, refused.text
    assert visitor.http.get("/api/knowledge/v1/documents").status_code == 403
    question = {"question": "¿a qué hora abre la ludoteca?"}
    assert visitor.http.post("/api/llm/v1/answer", json=question).status_code == 403
    assert httpx.post(f"{visitor.base_url}/api/llm/v1/answer", json=question).status_code == 401


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("roto.pdf", b"%PDF-1.7 and then nothing", "document_corrupt"),
        ("vacio.txt", b"  \n", "document_empty"),
        ("programa.exe", b"MZ\x90\x00" + bytes(400), "document_kind_unsupported"),
    ],
)
def test_documents_that_cannot_be_read_are_refused_kindly(admin, name, data, code):
    answer = admin.post("/api/knowledge/v1/documents", files={"file": (name, data)})
    assert 400 <= answer.status_code < 500
    assert problem_of(answer)["code"] == code


def test_a_voice_note_becomes_text(agent):
    files = {"file": ("nota.ogg", VOICE_NOTE.read_bytes(), "audio/ogg")}
    answer = agent.post("/api/llm/v1/transcribe", files=files)
    assert answer.status_code == 200, answer.text
    heard = answer.json()
    assert "licencia" in heard["text"].lower()
    assert 0 < heard["confidence"] <= 1


def test_what_is_no_voice_note_is_refused(agent):
    answer = agent.post("/api/llm/v1/transcribe", files={"file": ("nota.ogg", b"hola", "audio/ogg")})
    assert answer.status_code == 422
    assert problem_of(answer)["code"] == "audio_unreadable"


def test_without_a_model_completions_say_so(agent):
    body = {"model": "any", "messages": [{"role": "user", "content": "hola"}]}
    answer = agent.post("/api/llm/v1/chat/completions", json=body)
    assert answer.status_code in {404, 503}, answer.text
    assert answer.json()["error"]["code"]


def test_inner_routes_stay_inside(platform):
    for path in ("/api/llm/metrics", "/api/llm/readyz", "/api/knowledge/readyz"):
        assert httpx.get(platform.base_url + path).status_code == 404


def test_while_the_gateway_is_away_the_chat_is_honest(processes, service, visitor):
    question = {"question": "¿A qué hora abre la biblioteca?"}
    assert service.post("/api/llm/v1/answer", json=question).status_code == 200
    processes.stop("llm-gateway")
    try:
        said = texts(visitor.insist("¿se puede andar en patineta por la plaza de armas?"))
    finally:
        processes.start("llm-gateway")
    assert said
    assert "Fuente" not in said

    def healed():
        answer = service.post("/api/llm/v1/answer", json=question)
        return answer.json() if answer.status_code == 200 else None

    assert until(healed, "an answer of llm-gateway")["mode"] != "unknown"
