"""Who may ask, what is too much, and a machine without a speech model."""

import pytest
import voice_plumbing as plumbing

LIMIT = 16 * 1024 * 1024


@pytest.mark.parametrize(("role", "status"), [("visitor", 403), (None, 401)])
def test_citizens_do_not_ask_here(client, as_, role, status):
    answer = client.post("/v1/transcribe", files={"file": ("a.ogg", b"x")}, headers=as_(role) if role else {})
    assert answer.status_code == status


def test_an_announced_length_is_enough_to_refuse(client, as_):
    headers = as_("service") | {
        "Content-Type": "multipart/form-data; boundary=x",
        "Content-Length": str(200 * 1024 * 1024),
    }
    request = client.build_request("POST", "/v1/transcribe", content=b"", headers=headers)
    answer = client.send(request)
    assert answer.status_code == 413
    assert answer.json()["code"] == "audio_too_large"


def test_a_body_that_grows_is_refused_on_its_way(client, as_):
    sent = 0

    def body():
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.ogg"\r\n\r\nOggS'
        while sent < 4 * LIMIT:
            sent += 1024 * 1024
            yield bytes(1024 * 1024)

    headers = as_("service") | {"Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post("/v1/transcribe", content=body(), headers=headers)
    assert answer.status_code == 413
    assert answer.json()["code"] == "audio_too_large"


def test_one_byte_over_the_limit(start, transcribe):
    client = start(voice_max_bytes=1000)
    assert transcribe(client, bytes(1001)).json()["code"] == "audio_too_large"
    assert transcribe(client, bytes(1000)).json()["code"] == "audio_unreadable"


@pytest.mark.parametrize(
    "request_of",
    [
        {"json": {"file": "OggS"}},
        {"content": b"OggS", "headers": {"Content-Type": "audio/ogg"}},
        {"files": {"audio": ("a.ogg", b"OggS")}},
        {"files": [("file", ("a.ogg", b"OggS")), ("file", ("b.ogg", b"OggS"))]},
        {"data": {"file": "OggS"}},
        {"content": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data"}},
    ],
)
def test_another_shape_of_request(client, as_, request_of):
    fields = dict(request_of)
    headers = as_("service") | fields.pop("headers", {})
    answer = client.post("/v1/transcribe", headers=headers, **fields)
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "upload_invalid"


def test_no_model_is_said_and_not_audio_all_the_same(start, transcribe, as_, tmp_path):
    client = start(voice_model_path=tmp_path / "nothing")
    answer = transcribe(client, plumbing.note("persona.ogg"))
    assert answer.status_code == 503
    assert answer.json()["code"] == "voice_unavailable"
    assert answer.json()["reason"] in {"model_missing", "engine_missing"}
    assert "retry-after" in answer.headers
    status = client.get("/v1/status", headers=as_("viewer")).json()["voice"]
    assert status == {"state": "absent", "name": "", "reason": answer.json()["reason"]}
    assert transcribe(client, b"hola").status_code == 422


@pytest.mark.usefixtures("voice_model")
def test_a_folder_that_is_no_model(start, transcribe, as_, tmp_path):
    (tmp_path / "model.bin").write_bytes(b"not weights")
    client = start(voice_model_path=tmp_path)
    answer = transcribe(client, plumbing.note("persona.ogg"))
    assert answer.status_code == 503
    assert answer.json()["code"] == "voice_unavailable"
    assert answer.json()["reason"] == "model_unusable"
    status = client.get("/v1/status", headers=as_("viewer")).json()["voice"]
    assert (status["state"], status["reason"]) == ("failed", "model_unusable")
