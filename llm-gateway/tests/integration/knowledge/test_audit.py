"""What the hub is told of documents and pairs: before it is done, and else it is not done."""

import hashlib
import json
import threading

import pytest
from munbot_llm import migrate
from munbot_llm.knowledge.writer import DocumentWriter
from munbot_llm.settings import StoreSettings
from store_plumbing import until

TEXT = "# Ayuda social\n\nDoña Marcela Soto, RUT 15.482.903-2, atiende en marcela@muni.cl y al +56 9 8123 4567."
PERSONAL = ("Marcela", "15.482.903", "15482903", "@muni", "8123", "Ayuda social")
BETTER = TEXT + " Desde marzo atiende también los sábados."
PAIR = {
    "question": "¿Le llegó la carta a Marcela Soto?",
    "also": ["mi RUT es 15482903-2"],
    "answer": "A marcela@muni.cl",
}


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def facts(text, version, filename="ayuda.md"):
    return {"filename": filename, "size": len(text.encode()), "sha256": digest(text), "version": version}


def told(entries):
    """What was noted, without who did it."""
    return [(one["action"], one["object_type"], one["object_id"], one["before"], one["after"]) for one in entries]


@pytest.fixture
def kept(minio, bucket, tenant):
    """Names of what the store holds of the tenant, with versions and marks of deletion."""

    def names():
        found = minio.list_objects(bucket, prefix=f"{tenant}/", recursive=True, include_version=True)
        return sorted((item.object_name.rpartition("/")[2], item.is_delete_marker) for item in found)

    return names


def test_uploads_and_removals_are_noted_without_a_word_of_the_document(client, as_, upload, hub, tenant):
    key = upload(TEXT, "ayuda.md", title="Ayuda social").json()["id"]
    assert upload(BETTER, "ayuda.md").json()["version"] == 2
    assert client.delete(f"/v1/knowledge/documents/{key}", headers=as_("admin")).status_code == 204
    first, second = facts(TEXT, 1), facts(BETTER, 2)
    changed = {name: first[name] for name in ("size", "sha256", "version")}
    assert told(hub.of(tenant)) == [
        ("document.uploaded", "document", key, None, first),
        ("document.uploaded", "document", key, changed, second),
        ("document.removed", "document", key, second, None),
    ]
    assert {(one["actor"], one["actor_role"]) for one in hub.of(tenant)} == {("admin:test", "admin")}
    assert not [word for word in PERSONAL if word in json.dumps(hub.of(tenant), ensure_ascii=False)]


def test_a_service_is_noted_as_it_is(upload, hub, tenant):
    assert upload(role="service").status_code == 201
    assert [(one["actor"], one["actor_role"]) for one in hub.of(tenant)] == [("service:test", "service")]


def test_it_is_noted_before_it_is_done(client, as_, upload, hub, kept):
    seen = []
    hub.look = lambda: seen.append(kept())
    key = upload().json()["id"]
    client.put("/v1/knowledge/pairs/carta", json=PAIR, headers=as_("admin"))
    whole = kept()
    client.delete(f"/v1/knowledge/documents/{key}", headers=as_("admin"))
    assert seen == [[], [("document.json", False), ("source.md", False)], whole]
    assert ("source.md", True) in kept()


def test_what_changes_nothing_or_is_refused_is_not_noted(client, as_, start, make_settings, upload, hub, tenant):
    key = upload().json()["id"]
    client.put("/v1/knowledge/pairs/carta", json=PAIR, headers=as_("admin"))
    before = hub.of(tenant)
    assert upload().json()["created"] is False
    assert client.put("/v1/knowledge/pairs/carta", json=PAIR, headers=as_("admin")).json()["created"] is False
    small = start(make_settings(upload_max_bytes=10))
    refused = [
        upload(b"MZ\x90\x00" + bytes(range(256)), "a.exe"),
        upload(b"  ", "mascotas.md"),
        upload(to=small),
        upload(name="sin-extension"),
        upload(title="x" * 201),
        upload(document_id="pair-1"),
        upload("# Otra\n\nOtra cosa.", role="agent"),
        client.put("/v1/knowledge/pairs/carta", json=PAIR | {"answer": ""}, headers=as_("admin")),
        client.delete("/v1/knowledge/pairs/otra", headers=as_("admin")),
        client.delete("/v1/knowledge/documents/otro", headers=as_("admin")),
        client.delete(f"/v1/knowledge/documents/{key}", headers=as_("agent")),
        client.post("/v1/knowledge/reindex", headers=as_("viewer")),
    ]
    assert [answer.status_code for answer in refused] == [422, 422, 413, 422, 422, 422, 403, 422, 404, 404, 403, 403]
    assert hub.of(tenant) == before


@pytest.mark.parametrize("answer", [503, 422], ids=["away", "refuses"])
def test_what_cannot_be_noted_is_not_done(client, as_, upload, hub, tenant, kept, answer):
    admin = as_("admin")
    key = upload().json()["id"]
    client.put("/v1/knowledge/pairs/carta", json=PAIR, headers=admin)
    before, names = hub.of(tenant), kept()
    hub.answer = answer
    answers = [
        upload(TEXT),
        upload(TEXT, "ayuda.md"),
        client.delete(f"/v1/knowledge/documents/{key}", headers=admin),
        client.put("/v1/knowledge/pairs/carta", json=PAIR | {"answer": "Otra"}, headers=admin),
        client.delete("/v1/knowledge/pairs/carta", headers=admin),
        client.post("/v1/knowledge/reindex", headers=admin),
    ]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(503, "audit_away")] * 6
    assert answers[0].headers["retry-after"] == "2"
    assert (hub.of(tenant), kept()) == (before, names)
    assert client.get("/v1/status", headers=admin).json()["knowledge"]["reindexing"] is False
    hub.answer = 204
    assert upload(TEXT, "ayuda.md").status_code == 201
    assert client.delete(f"/v1/knowledge/documents/{key}", headers=admin).status_code == 204


def test_without_a_hub_it_is_ready_and_answers(make_settings, start, upload, search, kept):
    upload()
    names = kept()
    alone = start(make_settings(conversations_url="http://127.0.0.1:9"))
    assert alone.get("/readyz").status_code == 200
    assert "2 UTM" in search("multa por pasear al perro sin correa", to=alone)[0]
    refused = upload(TEXT, "ayuda.md", to=alone)
    assert (refused.status_code, refused.json()["code"]) == (503, "audit_away")
    assert kept() == names


def test_a_pair_is_noted_without_its_words(client, as_, hub, tenant):
    admin = as_("admin")
    client.put("/v1/knowledge/pairs/carta", json=PAIR, headers=admin)
    client.put("/v1/knowledge/pairs/carta", json=PAIR | {"answer": "No"}, headers=admin)
    client.delete("/v1/knowledge/pairs/carta", headers=admin)
    client.put("/v1/knowledge/pairs/otra", json=PAIR, headers=admin)
    client.delete("/v1/knowledge/documents/pair-otra", headers=admin)
    assert told(hub.of(tenant)) == [
        ("pair.written", "pair", "pair-carta", None, {"version": 1}),
        ("pair.written", "pair", "pair-carta", {"version": 1}, {"version": 2}),
        ("pair.removed", "pair", "pair-carta", {"version": 2}, None),
        ("pair.written", "pair", "pair-otra", None, {"version": 1}),
        ("pair.removed", "pair", "pair-otra", {"version": 1}, None),
    ]
    assert not [word for word in PERSONAL if word in json.dumps(hub.of(tenant), ensure_ascii=False)]


def test_the_hub_writes_its_pairs_without_being_asked(client, make_token, hub, tenant):
    headers = {
        "Authorization": f"Bearer {make_token('service', subject='service:conversations')}",
        "X-Munbot-Tenant": tenant,
    }
    hub.answer = 503
    written = client.put("/v1/knowledge/pairs/carta", json=PAIR, headers=headers)
    assert written.status_code == 201, written.text
    assert hub.of(tenant) == []


def test_a_reindex_is_noted_once_however_often_it_is_asked_for(client, as_, upload, hub, tenant, monkeypatch):
    admin, gate = as_("admin"), threading.Event()
    upload()
    real = DocumentWriter.recut
    monkeypatch.setattr(DocumentWriter, "recut", lambda *given: gate.wait(60) and real(*given))
    for _ in range(2):
        assert client.post("/v1/knowledge/reindex", headers=admin).json() == {"documents": 1}
    gate.set()
    until(lambda: not client.get("/v1/status", headers=admin).json()["knowledge"]["reindexing"])
    assert told(hub.of(tenant))[1:] == [("knowledge.reindexed", "knowledge", tenant, None, {"documents": 1})]


def test_the_demo_s_documents_need_no_hub(settings, store, hub, tenant, tmp_path):
    below = tmp_path / "knowledge" / tenant
    below.mkdir(parents=True)
    (below / "ayuda.md").write_text(TEXT)
    (below / "preguntas.yml").write_text("- question: ¿Atienden los sábados?\n  answer: No.\n")
    hub.answer = 503
    fields = settings.model_dump(include=set(StoreSettings.model_fields)) | {"demo_seed_dir": tmp_path}
    migrate.run(StoreSettings.model_validate(fields), seed_demo=True)
    assert len(store.listing()[tenant]) == 2
    assert hub.of(tenant) == []
