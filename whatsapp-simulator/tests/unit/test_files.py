"""Images, documents and voice notes of telephones, and where the office fetches them."""

import io
import wave
from datetime import timedelta
from pathlib import Path

import av

JPEG = b"\xff\xd8\xff\xe0" + b"bache" * 20
NOTES = Path(__file__).parents[3] / "llm-gateway/tests/fixtures"


async def _send(town, kind, data, *, name="foto.jpg", content_type="image/jpeg", **fields):
    form = {"account": "valle-claro", "kind": kind} | fields
    return await town.page.post(
        "/phones/56911112222/files", data=form, files={"file": (name, io.BytesIO(data), content_type)}
    )


def _wav(seconds, rate=16_000):
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"\x10\x27\xf0\xd8" * (rate * seconds // 2))
    return target.getvalue()


def test_an_image_is_told_and_can_be_fetched_with_the_token(play):
    async def scene(town):
        await town.phone()
        assert (await _send(town, "image", JPEG, caption="un bache")).status_code == 201
        [message] = await town.told(1)
        image = message["image"]
        assert (message["type"], image["mime_type"], image["caption"]) == ("image", "image/jpeg", "un bache")
        where = (await town.graph.get(f"/v23.0/{image['id']}")).json()
        assert where["file_size"] == str(len(JPEG))
        assert where["url"].startswith("http://simulator/media/")
        assert (await town.graph.get(where["url"])).content == JPEG
        refused = await town.graph.get(where["url"], headers={"Authorization": "Bearer other"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, 190)

    play(scene)


def test_an_address_of_a_file_dies_and_is_not_to_be_invented(play):
    async def scene(town):
        await town.phone()
        await _send(town, "image", JPEG)
        [message] = await town.told(1)
        where = (await town.graph.get(f"/v23.0/{message['image']['id']}")).json()["url"]
        assert (await town.graph.get(where[:-4] + "0000")).status_code == 400
        assert (await town.graph.get(where.replace("ext=1", "ext=2"))).status_code == 400
        assert (await town.graph.get(where)).status_code == 200
        town.clock.ahead = timedelta(minutes=5, seconds=2)
        assert (await town.graph.get(where)).status_code == 400

    play(scene)


def test_a_document_keeps_its_name(play):
    async def scene(town):
        await town.phone()
        sent = await _send(town, "document", b"%PDF-1.7 x", name="plano.pdf", content_type="application/pdf")
        assert sent.status_code == 201
        [message] = await town.told(1)
        assert message["document"]["filename"] == "plano.pdf"
        shown = await town.page.get(f"/media/{sent.json()['file']['id']}")
        assert shown.headers["content-disposition"] == "attachment"
        assert shown.headers["x-content-type-options"] == "nosniff"

    play(scene)


def test_what_is_no_image_is_not_sent_as_one(play):
    async def scene(town):
        await town.phone()
        refused = await _send(town, "image", b"<svg onload='alert(1)'/>", content_type="image/jpeg")
        assert (refused.status_code, refused.json()["code"]) == (422, "file_type_unsupported")
        refused = await _send(town, "document", b"MZ", name="a.exe", content_type="application/x-msdownload")
        assert refused.json()["code"] == "file_type_unsupported"
        refused = await _send(town, "image", JPEG + bytes(5 * 1024 * 1024))
        assert (refused.status_code, refused.json()["code"]) == (413, "file_too_large")
        assert await town.transcript() == []

    play(scene)


def test_a_recording_of_any_browser_becomes_a_voice_note(play):
    async def scene(town):
        await town.phone()
        sent = await _send(town, "voice", _wav(3), name="nota.wav", content_type="audio/wav")
        assert sent.status_code == 201, sent.text
        assert sent.json()["file"]["seconds"] == 3
        [message] = await town.told(1)
        audio = message["audio"]
        assert (audio["mime_type"], audio["voice"]) == ("audio/ogg; codecs=opus", True)
        where = (await town.graph.get(f"/v23.0/{audio['id']}")).json()["url"]
        note = (await town.graph.get(where)).content
        with av.open(io.BytesIO(note)) as opened:
            assert (opened.format.name, opened.streams.audio[0].codec_context.name) == ("ogg", "opus")
            assert round(opened.duration / av.time_base) == 3

    play(scene)


def test_an_ogg_opus_note_goes_as_it_is(play):
    note = (NOTES / "persona.ogg").read_bytes()

    async def scene(town):
        await town.phone()
        sent = await _send(town, "voice", note, name="nota.ogg", content_type="audio/ogg")
        assert sent.json()["file"]["size"] == len(note)
        assert (await town.page.get(f"/media/{sent.json()['file']['id']}")).content == note

    play(scene)


def test_noise_is_no_recording(play):
    async def scene(town):
        await town.phone()
        for data in (b"", b"no sound at all", b"\x1a\x45\xdf\xa3 cut off", b"#EXTM3U\nhttp://other/"):
            refused = await _send(town, "voice", data, name="x.webm", content_type="audio/webm")
            assert (refused.status_code, refused.json()["code"]) == (422, "sound_unreadable")

    play(scene)


def test_old_files_make_room(play):
    half = JPEG + bytes(600 * 1024)

    async def scene(town):
        await town.phone()
        first = (await _send(town, "image", half)).json()["file"]["id"]
        second = (await _send(town, "image", half)).json()["file"]["id"]
        assert (await town.page.get(f"/media/{first}")).json()["code"] == "file_unknown"
        assert (await town.page.get(f"/media/{second}")).content == half

    play(scene, max_media_bytes=1024 * 1024)
