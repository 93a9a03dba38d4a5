"""Voice notes are heard: in all formats, and whatever is in them."""

import random

import pytest
import voice_plumbing as plumbing

pytestmark = pytest.mark.usefixtures("voice_model")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("certificado.ogg", {"necesito", "certificado", "residencia"}),
        ("licencia.ogg", {"renovar", "licencia", "conducir"}),
        ("persona.ogg", {"hablar", "persona", "favor"}),
        ("poste.ogg", {"calle", "poste", "luz"}),
    ],
)
def test_key_words_are_understood(client, transcribe, name, words):
    answer = transcribe(client, plumbing.note(name))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert words <= set(body["text"].lower().strip(".").replace(",", "").split())
    assert body["speech"] is True
    assert 0.2 < body["confidence"] <= 1
    assert 3 < body["seconds"] < 6
    assert body["language"] == "es"


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [("webm", "libopus", 48_000), ("mp3", "libmp3lame", 16_000), ("mp4", "aac", 16_000), ("adts", "aac", 16_000)],
)
def test_other_formats(client, transcribe, container, codec, rate):
    audio = plumbing.encoded(plumbing.samples_of(plumbing.note("persona.ogg")), container, codec, rate)
    answer = transcribe(client, audio, name=f"nota.{container}", kind="audio/*")
    assert answer.status_code == 200, answer.text
    assert "persona" in answer.json()["text"]


def test_wav_and_a_wrong_name(client, transcribe):
    answer = transcribe(client, plumbing.lasting(4), name="blob.txt", kind="text/plain")
    assert answer.status_code == 200, answer.text
    assert "persona" in answer.json()["text"]


def test_silence_says_nothing(client, transcribe):
    answer = transcribe(client, plumbing.note("silencio.ogg"))
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"text": "", "confidence": 0.0, "speech": False, "seconds": 4.0, "language": "es"}


def test_noise_says_nothing(client, transcribe):
    import numpy as np

    noise = np.random.default_rng(7).integers(-3000, 3000, 5 * plumbing.RATE).astype("<i2")
    answer = transcribe(client, plumbing.wav_of(noise))
    assert answer.status_code == 200, answer.text
    assert answer.json()["text"] == ""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "audio_unreadable"),
        (b"hola", "audio_unreadable"),
        (b"%PDF-1.4 no es un audio", "audio_unreadable"),
        (b"OggS" + bytes(3000), "audio_unreadable"),
        (b"#EXTM3U\nhttp://127.0.0.1:1/x.ts\n", "audio_unreadable"),
    ],
)
def test_what_is_no_audio(client, transcribe, content, code):
    answer = transcribe(client, content)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == code


def test_a_note_that_was_cut_off_is_to_be_sent_again(client, transcribe):
    whole = plumbing.note("poste.ogg")
    answer = transcribe(client, whole[: len(whole) * 2 // 3])
    assert answer.status_code == 422
    assert answer.json()["code"] == "audio_unreadable"


def test_a_minute_is_taken_and_more_is_not(client, transcribe):
    answer = transcribe(client, plumbing.lasting(62))
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "audio_too_long"
    assert answer.json()["max_seconds"] == 60
    answer = transcribe(client, plumbing.lasting(60))
    assert answer.status_code == 200, answer.text
    assert answer.json()["seconds"] == 60
    assert answer.json()["text"].count("persona") > 8


def test_broken_files_of_any_kind_break_nothing(client, transcribe):
    """200 or 422, never 5xx; and the same process as before hears the next note."""
    samples = plumbing.samples_of(plumbing.note("persona.ogg"))[: plumbing.RATE]
    whole = [
        plumbing.note("persona.ogg"),
        plumbing.wav_of(samples),
        plumbing.encoded(samples, "webm", "libopus", 48_000),
        plumbing.encoded(samples, "mp3", "libmp3lame"),
        plumbing.encoded(samples, "mp4", "aac"),
        plumbing.encoded(samples, "adts", "aac"),
        b"#!AMR\n" + bytes(2000),
    ]
    transcribe(client, whole[0])
    pid = client.app.state.services.voice.pid
    chance = random.Random(4)
    for turn in range(24):
        broken = bytearray(chance.choice(whole))
        for _ in range(chance.choice([1, 4, 30, 200])):
            broken[chance.randrange(12, len(broken))] = chance.randrange(256)
        if chance.random() < 0.3:
            del broken[chance.randrange(16, len(broken)) :]
        answer = transcribe(client, bytes(broken))
        assert answer.status_code in {200, 422}, (turn, answer.text)
    assert client.app.state.services.voice.pid == pid
    assert "persona" in transcribe(client, whole[0]).json()["text"]
