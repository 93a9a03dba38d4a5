"""Uploading, reading, replacing and removing documents."""

import pytest
from munbot_llm.knowledge.rules import document_id

BETTER = """# Ordenanza de mascotas

## Artículo 1°. Paseos

En la calle los perros van con correa. Pasear un perro sin correa se multa con 7 UTM y nada más.
"""


def test_what_was_uploaded_can_be_found_at_once(client, as_, upload, search, tenant):
    answer = upload()
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["created"], body["indexed"], body["version"]) == (True, True, 1)
    assert body["id"] == document_id(tenant, "mascotas.md")
    assert body["title"] == "Ordenanza de mascotas"
    assert body["uploaded_by"] == "admin:test"
    assert "2 UTM" in search("¿de cuánto es la multa por pasear al perro sin correa?")[0]

    reader = as_("viewer")
    page = client.get("/v1/knowledge/documents", headers=reader).json()
    assert ([item["id"] for item in page["items"]], page["total"], page["next_cursor"]) == ([body["id"]], 1, None)
    one = client.get(f"/v1/knowledge/documents/{body['id']}", headers=reader).json()
    assert one["passages"] == body["passages"] == 2
    passages = client.get(f"/v1/knowledge/documents/{body['id']}/passages", headers=reader).json()
    assert [item["position"] for item in passages["items"]] == [0, 1]
    assert "Fecas" in passages["items"][1]["article"]
    assert client.get("/v1/status", headers=reader).json()["knowledge"] == {
        "documents": 1,
        "pairs": 0,
        "passages": 2,
        "reindexing": False,
    }


def test_the_same_bytes_change_nothing(client, as_, upload, minio, bucket):
    first = upload().json()
    again = upload()
    assert again.status_code == 200
    assert (again.json()["created"], again.json()["version"], again.json()["id"]) == (False, 1, first["id"])
    assert upload(name="MASCOTAS.md").json()["version"] == 2  # the name is part of what is kept
    versions = client.get(f"/v1/knowledge/documents/{first['id']}/versions", headers=as_("viewer")).json()["items"]
    assert [item["filename"] for item in versions] == ["MASCOTAS.md", "mascotas.md"]


def test_a_new_version_replaces_the_old_one_and_both_can_be_fetched(client, as_, upload, search):
    key = upload().json()["id"]
    second = upload(BETTER)
    assert (second.status_code, second.json()["version"], second.json()["id"]) == (201, 2, key)
    found = search("multa por pasear al perro sin correa", k=20)
    assert "7 UTM" in found[0]
    assert not [text for text in found if "2 UTM" in text or "fecas" in text]

    reader, address = as_("agent"), f"/v1/knowledge/documents/{key}"
    versions = client.get(f"{address}/versions", headers=reader).json()["items"]
    assert [item["version"] for item in versions] == [2, 1]
    assert client.get(f"{address}/source", headers=reader).text == BETTER
    earlier = client.get(f"{address}/source?version=1", headers=reader)
    assert "2 UTM" in earlier.text
    assert client.get(f"{address}/source?version=3", headers=reader).json()["code"] == "document_not_found"


def test_a_file_is_given_back_as_a_download(client, as_, upload):
    page = b"<html><body><h1>Horario</h1><p>La oficina atiende de 8:30 a 14:00 horas.</p><script>1</script></body>"
    key = upload(page, name="año (nuevo).html").json()["id"]
    answer = client.get(f"/v1/knowledge/documents/{key}/source", headers=as_("viewer"))
    assert answer.content == page
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"a_o _nuevo_.html\"; filename*=UTF-8''a%C3%B1o%20%28nuevo%29.html"
    )


def test_what_was_removed_is_not_found_any_more_but_its_versions_stay(
    client, as_, upload, search, minio, bucket, tenant
):
    key = upload().json()["id"]
    address = f"/v1/knowledge/documents/{key}"
    assert client.delete(address, headers=as_("agent")).status_code == 403
    assert client.delete(address, headers=as_("admin")).status_code == 204
    assert search("multa por pasear al perro sin correa") == []
    for path in ("", "/passages", "/versions", "/source"):
        assert client.get(address + path, headers=as_("viewer")).json()["code"] == "document_not_found", path
    assert client.delete(address, headers=as_("admin")).json()["code"] == "document_not_found"
    kept = minio.list_objects(bucket, prefix=f"{tenant}/", recursive=True, include_version=True)
    assert any(item.object_name.endswith("source.md") and not item.is_delete_marker for item in kept)
    assert upload().json()["version"] == 2  # numbers go on


def test_a_chosen_id_lets_a_document_change_its_file_name(client, as_, upload):
    first = upload(document_id="ordenanza-mascotas").json()
    second = upload(BETTER, name="mascotas-2027.md", document_id="ordenanza-mascotas", title="  Mascotas  2027 ").json()
    assert (first["id"], second["id"], second["version"]) == ("ordenanza-mascotas", "ordenanza-mascotas", 2)
    assert second["title"] == "Mascotas 2027"
    assert client.get("/v1/knowledge/documents", headers=as_("viewer")).json()["total"] == 1


@pytest.mark.parametrize("given", ["pair-1", "../x", "Mayúsculas", "-x", "a/b", "x" * 101])
def test_an_id_must_fit_in_an_address(upload, given):
    answer = upload(document_id=given)
    assert (answer.status_code, answer.json()["code"]) == (422, "document_id_invalid")


@pytest.mark.parametrize(
    ("name", "code"),
    [("sin-extension", "filename_invalid"), (".md", "filename_invalid"), ("x" * 300 + ".md", "filename_invalid")],
)
def test_a_file_needs_a_name(upload, name, code):
    answer = upload(name=name)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_folders_in_a_name_lead_nowhere(upload, minio, bucket, tenant):
    body = upload(name="../../otra/mascotas.md").json()
    assert (body["filename"], body["id"]) == ("mascotas.md", document_id(tenant, "mascotas.md"))
    names = [item.object_name for item in minio.list_objects(bucket, recursive=True) if body["id"] in item.object_name]
    assert sorted(names) == [f"{tenant}/{body['id']}/document.json", f"{tenant}/{body['id']}/source.md"]


def test_a_body_that_is_no_upload(client, as_):
    admin, address = as_("admin"), "/v1/knowledge/documents"
    answers = [
        client.post(address, json={"file": "x"}, headers=admin),
        client.post(address, data={"title": "x"}, files={"other": ("a.md", b"# x")}, headers=admin),
        client.post(address, files=[("file", ("a.md", b"# x")), ("file", ("b.md", b"# y"))], headers=admin),
        client.post(address, files={"file": ("a.md", b"# x")}, data={"tenant": "other"}, headers=admin),
        client.post(
            address, content=b"--x\r\nnonsense", headers=admin | {"Content-Type": "multipart/form-data; boundary=x"}
        ),
        client.post(address, content=b"", headers=admin | {"Content-Type": "multipart/form-data"}),
        client.post(
            address, content=b"\xff", headers=admin | {"Content-Type": "multipart/form-data; boundary=x; charset=zlib"}
        ),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, "upload_invalid")] * 7


def test_who_may_do_what(client, as_, upload, make_token):
    assert upload(role="agent").json()["code"] == "forbidden"
    assert upload(role="viewer").status_code == 403
    assert upload(role="visitor").status_code == 403
    assert upload(role="service").status_code == 201
    assert client.get("/v1/knowledge/documents", headers=as_("visitor")).status_code == 403
    assert client.get("/v1/knowledge/documents").json()["code"] == "token_invalid"
    nobody = client.post("/v1/knowledge/documents", files={"file": ("a.md", b"# x")})
    assert nobody.status_code == 401
    for name in ("../t", "a/b", "UPPER", "x" * 64 + "y"):
        headers = {"Authorization": f"Bearer {make_token('service')}", "X-Munbot-Tenant": name}
        answer = client.post("/v1/knowledge/documents", files={"file": ("a.md", b"# x\n\nUn texto.")}, headers=headers)
        assert answer.status_code == 422, name


def test_another_tenant_sees_nothing(client, as_, upload, search):
    key = upload().json()["id"]
    mine = client.put(
        "/v1/knowledge/pairs/p1",
        json={"question": "¿Multa por correa?", "answer": "La multa es de 2 UTM."},
        headers=as_("admin"),
    )
    assert mine.status_code == 201
    other = "another-tenant"
    assert search("multa por pasear al perro sin correa", of=other) == []
    for path in ("", "/passages", "/versions", "/source"):
        answer = client.get(f"/v1/knowledge/documents/{key}{path}", headers=as_("admin", other))
        assert answer.status_code == 404, path
    assert client.get("/v1/knowledge/pairs/p1", headers=as_("admin", other)).json()["code"] == "pair_not_found"
    assert client.delete(f"/v1/knowledge/documents/{key}", headers=as_("admin", other)).status_code == 404
    assert client.delete("/v1/knowledge/pairs/p1", headers=as_("admin", other)).status_code == 404
    for path in ("documents", "pairs"):
        assert client.get(f"/v1/knowledge/{path}", headers=as_("admin", other)).json()["items"] == []
    assert client.post("/v1/knowledge/reindex", headers=as_("admin", other)).json() == {"documents": 0}
    assert search("multa por pasear al perro sin correa")


def test_lists_come_in_pages(client, as_, upload):
    keys = [
        upload(f"# Documento {n}\n\nEl trámite número {n} se hace en la oficina {n}.", f"d{n}.md").json()["id"]
        for n in range(5)
    ]
    seen, cursor = [], ""
    while cursor is not None:
        answer = client.get(f"/v1/knowledge/documents?limit=2{cursor}", headers=as_("viewer"))
        assert answer.status_code == 200, answer.text
        seen += [item["id"] for item in answer.json()["items"]]
        following = answer.json()["next_cursor"]
        cursor = f"&cursor={following}" if following else None
    assert seen == keys[::-1]
    for wrong in ("x", "bm90anNvbg", "W10", "WzEsMl0", "é"):
        answer = client.get("/v1/knowledge/documents", params={"cursor": wrong}, headers=as_("viewer"))
        assert answer.json()["code"] == "cursor_invalid", wrong
