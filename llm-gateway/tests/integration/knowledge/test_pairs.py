"""Question/answer pairs."""

import pytest

PAIR = {
    "question": "¿Hasta qué hora atienden los viernes?",
    "also": ["a qué hora cierran el viernes", "¿está abierto el viernes en la tarde?"],
    "answer": "Los viernes atendemos de 8:30 a 14:00 en calle Quillay 310.",
}


@pytest.fixture
def put(client, as_):
    def send(pair_id="viernes", *, role="admin", **changes):
        return client.put(f"/v1/knowledge/pairs/{pair_id}", json=PAIR | changes, headers=as_(role))

    return send


def test_a_pair_is_found_by_every_way_to_ask_it(client, as_, put, search):
    answer = put()
    assert answer.status_code == 201, answer.text
    assert (answer.json()["created"], answer.json()["indexed"], answer.json()["version"]) == (True, True, 1)
    put("sabado", question="¿Atienden los sábados?", also=[], answer="No atendemos los sábados.")
    for question in (PAIR["question"], *PAIR["also"]):
        assert search(question)[0] == PAIR["answer"], question
    assert client.get("/v1/knowledge/pairs/viernes", headers=as_("viewer")).json() == {
        "id": "viernes",
        "document_id": "pair-viernes",
        **PAIR,
        "version": 1,
        "uploaded_by": "admin:test",
        "uploaded_at": answer.json()["uploaded_at"],
        "indexed": True,
    }


def test_the_same_pair_again_changes_nothing_and_another_one_replaces_it(client, as_, put, search):
    put()
    again = put()
    assert (again.status_code, again.json()["created"], again.json()["version"]) == (200, False, 1)
    changed = put(answer="Los viernes atendemos hasta las 13:00.")
    assert (changed.status_code, changed.json()["created"], changed.json()["version"]) == (200, True, 2)
    assert search(PAIR["question"]) == ["Los viernes atendemos hasta las 13:00."]
    versions = client.get("/v1/knowledge/documents/pair-viernes/versions", headers=as_("viewer")).json()["items"]
    assert [item["version"] for item in versions] == [2, 1]


def test_pairs_are_listed_by_themselves_and_among_the_documents(client, as_, put, upload):
    upload()
    put("uno")
    put("dos")
    reader = as_("agent")
    page = client.get("/v1/knowledge/pairs?limit=1", headers=reader).json()
    assert ([item["id"] for item in page["items"]], page["total"]) == (["dos"], 2)
    rest = client.get(f"/v1/knowledge/pairs?cursor={page['next_cursor']}", headers=reader).json()
    assert ([item["id"] for item in rest["items"]], rest["next_cursor"]) == (["uno"], None)
    kinds = [item["kind"] for item in client.get("/v1/knowledge/documents", headers=reader).json()["items"]]
    assert kinds == ["pair", "pair", "document"]
    only = client.get("/v1/knowledge/documents?kind=document", headers=reader).json()
    assert (only["total"], only["items"][0]["kind"]) == (1, "document")


def test_a_pair_has_no_file(client, as_, put):
    put()
    answer = client.get("/v1/knowledge/documents/pair-viernes/source", headers=as_("viewer"))
    assert answer.json()["code"] == "document_not_found"


def test_a_removed_pair_is_not_answered_from(client, as_, put, search):
    put()
    assert client.delete("/v1/knowledge/pairs/viernes", headers=as_("viewer")).status_code == 403
    assert client.delete("/v1/knowledge/pairs/viernes", headers=as_("admin")).status_code == 204
    assert search(PAIR["question"]) == []
    assert client.delete("/v1/knowledge/pairs/viernes", headers=as_("admin")).json()["code"] == "pair_not_found"
    assert put().json()["version"] == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"question": ""},
        {"question": "¿?"},
        {"question": "x" * 501},
        {"answer": "   "},
        {"answer": "x" * 2001},
        {"also": ["x"] * 31},
        {"also": [""]},
        {"tenant": "other"},
    ],
)
def test_a_pair_needs_words(put, changes):
    answer = put(**changes)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("pair_id", ["UPPER", "a_b", "-a", "x" * 81, "a.b"])
def test_an_id_must_fit_in_an_address(put, pair_id):
    assert put(pair_id).status_code == 422


def test_who_may_write(put):
    assert put(role="viewer").status_code == 403
    assert put(role="agent").status_code == 403
    assert put(role="visitor").status_code == 403
    assert put(role="service").status_code == 201
