"""The object store as the truth: crashes, other replicas, restarts, absences."""

import io
import threading
from dataclasses import replace

import pytest
from minio.error import S3Error
from munbot_llm.documents import import_document
from munbot_llm.knowledge.rules import document_id
from prometheus_client import REGISTRY
from store_plumbing import Door, until

QUESTION = "¿de cuánto es la multa por pasear al perro sin correa?"


def test_a_restart_reads_everything_from_the_store(settings, start, upload, search, client, as_):
    upload()
    again = start(settings)
    assert "2 UTM" in search(QUESTION, to=again)[0]
    assert again.get("/v1/knowledge/documents", headers=as_("viewer")).json()["total"] == 1


def test_what_another_replica_wrote_arrives(client, settings, start, upload, search, as_):
    other = start(settings)
    key = upload(to=other).json()["id"]
    assert client.get(f"/v1/knowledge/documents/{key}", headers=as_("viewer")).status_code == 200  # at once
    until(lambda: "2 UTM" in "".join(search(QUESTION)))
    other.delete(f"/v1/knowledge/documents/{key}", headers=as_("admin"))
    until(lambda: search(QUESTION) == [])


def test_a_crash_before_the_document_json_of_a_first_upload_shows_nothing(client, as_, store, upload, tenant):
    key = document_id(tenant, "mascotas.md")
    store.save_source(tenant, key, ".md", b"# Otra\n\nEl texto a medias.")
    assert client.get(f"/v1/knowledge/documents/{key}", headers=as_("viewer")).status_code == 404
    assert upload().json()["version"] == 1


def test_a_crash_before_the_document_json_of_a_second_upload_leaves_the_first_whole(
    client, as_, store, settings, start, upload, search, tenant
):
    key = upload().json()["id"]
    store.save_source(tenant, key, ".md", b"# Otra\n\nPasear un perro sin correa cuesta 99 UTM.")
    again = start(settings)
    assert "2 UTM" in search(QUESTION, to=again)[0]
    source = again.get(f"/v1/knowledge/documents/{key}/source", headers=as_("viewer"))
    assert "2 UTM" in source.text
    assert "99" not in source.text


def test_uploads_at_once_end_in_one_of_them_whole(client, as_, upload, tenant):
    texts = [f"# Ordenanza {n}\n\nLa multa número {n} es de {n} UTM para quien no paga." for n in range(1, 7)]
    answers = []
    threads = [threading.Thread(target=lambda t=text: answers.append(upload(t, "ordenanza.md"))) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 6
    assert sorted(answer.json()["version"] for answer in answers) == [1, 2, 3, 4, 5, 6]
    key, reader = document_id(tenant, "ordenanza.md"), as_("viewer")
    one = client.get(f"/v1/knowledge/documents/{key}", headers=reader).json()
    source = client.get(f"/v1/knowledge/documents/{key}/source", headers=reader).text
    passages = client.get(f"/v1/knowledge/documents/{key}/passages", headers=reader).json()["items"]
    number = one["title"].removeprefix("Ordenanza ")
    assert source == texts[int(number) - 1]
    assert [f"{number} UTM" in item["text"] for item in passages] == [True]
    assert one["version"] == 6


def test_a_damaged_document_json_spoils_only_itself(
    client, as_, settings, start, upload, search, minio, bucket, tenant
):
    key = upload().json()["id"]
    other = upload("# Aseo\n\nLa basura se retira los lunes y jueves desde las 20:00.", "aseo.md").json()["id"]
    import io

    for data in (b"{not json", b"[]", b'{"format_version": 99}', b"\xff" * 100):
        minio.put_object(bucket, f"{tenant}/{other}/document.json", io.BytesIO(data), len(data))
        again = start(settings)
        assert "2 UTM" in search(QUESTION, to=again)[0]
        listed = again.get("/v1/knowledge/documents", headers=as_("viewer")).json()["items"]
        assert [item["id"] for item in listed] == [key]
        assert again.get(f"/v1/knowledge/documents/{other}", headers=as_("viewer")).status_code == 404
    assert "lunes" in search("¿cuándo pasa la basura?")[0]  # who had read it goes on with it
    until(lambda: REGISTRY.get_sample_value("munbot_knowledge_unreadable_documents", {"tenant": tenant}) == 1)
    repaired = upload("# Aseo\n\nLa basura se retira los martes.", "aseo.md")
    assert repaired.status_code == 201
    assert "martes" in search("¿cuándo pasa la basura?")[0]


def test_a_document_of_another_tenant_is_not_taken_for_ones_own(client, as_, upload, minio, bucket, tenant):
    from minio.commonconfig import CopySource

    key = upload(of="somebody-else").json()["id"]
    minio.copy_object(bucket, f"{tenant}/{key}/document.json", CopySource(bucket, f"somebody-else/{key}/document.json"))
    assert client.get(f"/v1/knowledge/documents/{key}", headers=as_("viewer")).status_code == 404


def test_reindex_cuts_the_files_anew(client, as_, store, upload, search, tenant):
    key = upload().json()["id"]
    stale = store.read(tenant, key)
    store.save(replace(stale, passages=stale.passages[1:]))
    until(lambda: "2 UTM" not in "".join(search(QUESTION)))
    assert client.post("/v1/knowledge/reindex", headers=as_("viewer")).status_code == 403
    answer = client.post("/v1/knowledge/reindex", headers=as_("admin"))
    assert (answer.status_code, answer.json()) == (202, {"documents": 1})
    until(lambda: "2 UTM" in "".join(search(QUESTION)))
    until(lambda: not client.get("/v1/status", headers=as_("viewer")).json()["knowledge"]["reindexing"])
    versions = client.get(f"/v1/knowledge/documents/{key}/versions", headers=as_("viewer")).json()["items"]
    assert [(item["version"], item["passages"]) for item in versions] == [(1, 2)]


def test_reindex_leaves_alone_what_is_cut_as_it_would_be_now(store, upload, tenant, client, as_, minio, bucket):
    key = upload().json()["id"]
    tag = store.listing(tenant)[tenant][key]
    client.post("/v1/knowledge/reindex", headers=as_("admin"))
    until(lambda: not client.get("/v1/status", headers=as_("viewer")).json()["knowledge"]["reindexing"])
    assert store.listing(tenant)[tenant][key] == tag
    data = store.source(store.read(tenant, key))
    assert list(import_document(key, "mascotas.md", data).passages) == list(store.read(tenant, key).passages)


@pytest.fixture
def door(s3):
    door = Door(s3[0])
    yield door
    door.shut()


def test_without_the_store_it_starts_unready_and_later_goes_on_from_memory(
    door, make_settings, start, store, upload, search, as_
):
    app = start(make_settings(s3_endpoint=door.url), ready=False)
    assert app.get("/livez").status_code == 200
    unready = app.get("/readyz")
    assert (unready.status_code, unready.json()["checks"]["knowledge"]) == (503, "NotSynced")
    answer = upload(to=app)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")

    door.open()
    until(lambda: app.get("/readyz").status_code == 200)
    assert upload(to=app).status_code == 201

    door.shut()
    errors = REGISTRY.get_sample_value("munbot_knowledge_sync_errors_total")
    until(lambda: REGISTRY.get_sample_value("munbot_knowledge_sync_errors_total") > errors)
    until(lambda: REGISTRY.get_sample_value("munbot_knowledge_store_up") == 0)
    assert "2 UTM" in search(QUESTION, to=app)[0]
    assert app.get("/v1/knowledge/documents", headers=as_("viewer")).json()["total"] == 1
    assert app.get("/readyz").status_code == 200
    assert upload("# Otro\n\nUn texto más largo.", "otro.md", to=app).json()["code"] == "unavailable"

    door.open()
    until(lambda: REGISTRY.get_sample_value("munbot_knowledge_store_up") == 1)
    assert upload("# Otro\n\nUn texto más largo.", "otro.md", to=app).status_code == 201


def test_without_its_bucket_it_is_not_ready(make_settings, start, store):
    app = start(make_settings(knowledge_bucket="t-not-there"), ready=False)
    until(lambda: app.get("/readyz").status_code == 503)
    assert app.get("/livez").status_code == 200


def test_the_bucket_keeps_versions(store, minio, bucket):
    store.ensure_bucket()
    assert minio.get_bucket_versioning(bucket).status == "Enabled"
    with pytest.raises(S3Error):
        minio.stat_object(bucket, "nothing")


def test_a_source_that_came_back_from_a_backup_is_found_by_its_former_version(store, minio, upload, tenant):
    document = store.read(tenant, upload().json()["id"])
    path = f"{tenant}/{document.id}/source.md"
    data = store.source(document)
    minio.remove_object(store.bucket, path, version_id=document.source_version)
    assert store.source(document) is None
    for content, former in ((b"older", "another"), (data, document.source_version), (b"newer", "a third")):
        minio.put_object(store.bucket, path, io.BytesIO(content), len(content), metadata={"munbot-version": former})
    assert store.source(document) == data
