"""What WhatsApp brings: bursts, files that arrive later, voice notes, points, refusals, and what the office begins."""

from datetime import UTC, datetime

import pytest
from munbot_common.ids import uuid7
from munbot_common.outbox import make_event
from munbot_contracts.messages import (
    MESSAGE_INITIATED,
    MESSAGE_MEDIA,
    Button,
    Location,
    Media,
    MessageInitiated,
    MessageMedia,
    Sender,
)
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.messages.models import Message
from sqlalchemy import func, select

PHOTO = Media(bucket="attachments", key="whatsapp/x/1.jpg", content_type="image/jpeg", size=900)
VOICE = Media(bucket="attachments", key="whatsapp/x/1.ogg", content_type="audio/ogg", size=900)


@pytest.fixture
def written(received):
    """Callable that makes a WhatsApp message."""

    def make(text="", **more):
        return received(text, channel="whatsapp", account="valle-claro", **more)

    return make


@pytest.fixture
def media():
    """Callable that makes the event about a message's file."""

    def make(message, **data):
        about = MessageMedia(
            message_id=message.data.message_id, channel="whatsapp", account="valle-claro", **({"media": None} | data)
        )
        return make_event(
            source="test", event_type=MESSAGE_MEDIA, subject=str(about.message_id), tenant="valle-claro", data=about
        )

    return make


@pytest.fixture
def initiated():
    """Callable that makes the event of a message that the office began."""

    def make(address, text, *buttons):
        data = MessageInitiated(
            message_id=uuid7(),
            channel="whatsapp",
            account="valle-claro",
            recipient=Sender(address=address, phone="+56912345678"),
            text=text,
            buttons=list(buttons),
            created_at=datetime.now(UTC),
        )
        return make_event(
            source="test", event_type=MESSAGE_INITIATED, subject=str(data.message_id), tenant="valle-claro", data=data
        )

    return make


@pytest.fixture
def slow_joiner(start_worker):
    """A worker with a window so long that a test's messages lie in it on any machine."""
    running = start_worker(join_seconds=3.0)
    assert running.consumer.wait_ready(10)
    return running


def said(channel):
    out = sorted(channel.of_type("message.outbound.v1"), key=lambda item: item["seq"])
    return [item["text"] for item in out]


def test_a_burst_is_one_turn(slow_joiner, channel, written, rasa, client, headers):
    burst = [written(text, address="burst") for text in ("hola", "necesito hora", "para la licencia")]
    for event in burst:
        channel.send(event)
    done = channel.wait_for("message.handled.v1", 3)
    assert [item["outcome"] for item in done] == ["joined", "joined", "answered"]
    assert [item["message_id"] for item in done] == [str(event.data.message_id) for event in burst]
    assert rasa.texts() == ["hola\nnecesito hora\npara la licencia"]
    assert rasa.asked[0]["metadata"]["message_id"] == str(burst[-1].data.message_id)
    assert channel.wait_for("message.outbound.v1")[0]["in_reply_to"] == str(burst[-1].data.message_id)
    first = client.get(f"/v1/messages/{burst[0].data.message_id}", headers=headers("service")).json()
    assert first["outcome"] == "joined"
    assert len(first["replies"]) == 1


def test_a_choice_ends_a_burst_and_the_order_stays(slow_joiner, channel, written, rasa):
    for event in (
        written("hola", address="mixed"),
        written("Sí", address="mixed", kind="button", payload="/affirm"),
        written("gracias", address="mixed"),
        written("chao", address="mixed"),
    ):
        channel.send(event)
    channel.wait_for("message.handled.v1", 4)
    assert rasa.texts() == ["hola", "Sí", "gracias\nchao"]


def test_a_burst_whose_answer_got_lost_is_asked_once(start_worker, channel, written, rasa):
    import time as clock

    rasa.before_answer = lambda *_: clock.sleep(1.0)
    start_worker(join_seconds=2.0, rasa_timeout_seconds=0.4).consumer.wait_ready(10)
    channel.send(written("hola", address="lost"))
    channel.send(written("necesito hora", address="lost"))
    channel.wait_for("message.handled.v1", outcome="answered")
    assert rasa.texts() == ["hola\nnecesito hora"]
    assert said(channel)[-1] == "eco: hola\nnecesito hora"


def test_without_a_window_each_message_is_a_turn(start_worker, channel, written, rasa):
    start_worker(join_seconds=0).consumer.wait_ready(10)
    for text in ("uno", "dos"):
        channel.send(written(text, address="single"))
    channel.wait_for("message.handled.v1", 2, outcome="answered")
    assert rasa.texts() == ["uno", "dos"]


def test_a_photo_waits_for_its_file_and_keeps_its_place(worker, channel, written, media, rasa, until, session_factory):
    photo = written("mire", address="photo", kind="image", media_pending=True)
    channel.send(photo)
    channel.send(written("y el poste", address="photo"))
    until(lambda: _stored(session_factory, photo))
    assert rasa.asked == []
    channel.send(media(photo, media=PHOTO))
    channel.wait_for("message.handled.v1", 2, outcome="answered")
    assert rasa.texts() == ["mire", "y el poste"]
    assert rasa.asked[0]["metadata"]["media"]["key"] == PHOTO.key
    assert rasa.asked[0]["metadata"]["kind"] == "image"
    assert rasa.asked[1]["metadata"]["media"] is None


def test_a_file_and_a_point_without_words_reach_the_dialogue(worker, channel, written, rasa):
    channel.send(written(address="silent", kind="image", media=PHOTO))
    channel.send(
        written(address="silent", kind="location", location=Location(latitude=-33.4, longitude=-70.6, name="Plaza"))
    )
    channel.wait_for("message.handled.v1", 2, outcome="answered")
    assert rasa.texts() == ["/share_file", "/share_location"]
    assert rasa.asked[1]["metadata"]["location"]["name"] == "Plaza"


def test_typed_share_commands_stay_words(worker, channel, written, rasa):
    channel.send(written("/share_file", address="typist"))
    channel.wait_for("message.handled.v1")
    assert rasa.texts() == ["share_file"]


def test_a_voice_note_is_read_back_and_answered(worker, channel, written, media, rasa, client, headers):
    note = written(address="voice", kind="audio", media_pending=True)
    channel.send(note)
    channel.send(media(note, media=VOICE, transcript=" /Necesito hora. ", transcript_confidence=0.6))
    assert channel.wait_for("message.handled.v1")[0]["replies"] == 2
    channel.wait_for("message.outbound.v1", 2)
    assert said(channel) == ["Entendí: “Necesito hora.”", "eco: Necesito hora."]
    conversation_id = channel.of_type("message.outbound.v1")[0]["conversation_id"]
    shown = client.get(f"/v1/conversations/{conversation_id}/messages", headers=headers("agent")).json()["items"][0]
    assert shown["transcript"] == " /Necesito hora. "
    assert (shown["media"]["content_type"], shown["media"]["size"]) == (VOICE.content_type, VOICE.size)


@pytest.mark.parametrize(
    ("kind", "outcome", "expected"),
    [
        ("audio", {"media": VOICE, "transcript": "quizás", "transcript_confidence": 0.1}, "oír: “quizás”"),
        ("audio", {"media": VOICE, "transcript": " "}, "No alcancé a entender"),
        ("audio", {"problem": "not_understood"}, "No alcancé a entender"),
        ("audio", {"problem": "too_long"}, "hasta un minuto"),
        ("audio", {"problem": "unavailable"}, "no pude escuchar"),
        ("image", {"problem": "too_large"}, "demasiado grande"),
        ("document", {"problem": "type_unsupported"}, "fotos"),
        ("image", {"problem": "not_understood"}, "mande de nuevo|manda de nuevo"),
    ],
)
def test_what_cannot_be_heard_or_taken_gets_a_kind_word(kind, outcome, expected, worker, channel, written, media, rasa):
    note = written(address=str(uuid7()), kind=kind, media_pending=True)
    channel.send(note)
    channel.send(media(note, **outcome))
    channel.wait_for("message.handled.v1", message_id=note.data.message_id)
    text = channel.wait_for("message.outbound.v1", in_reply_to=note.data.message_id)[0]["text"]
    assert any(option in text for option in expected.split("|")), text
    assert rasa.asked == []


def test_a_file_that_never_comes_holds_nobody_for_ever(start_worker, channel, written, media, rasa, session_factory):
    start_worker(media_wait_seconds=0.5, join_seconds=0).consumer.wait_ready(10)
    photo = written(address="never", kind="image", media_pending=True)
    channel.send(photo)
    channel.send(written("¿le llegó?", address="never"))
    channel.wait_for("message.handled.v1", 2, outcome="answered")
    assert "no pude recibir" in said(channel)[0]
    assert rasa.texts() == ["¿le llegó?"]
    channel.send(media(photo, media=PHOTO))  # late: it is kept, and nobody is asked about it
    channel.send(written("ya", address="never"))
    channel.wait_for("message.handled.v1", 3, outcome="answered")
    assert rasa.texts() == ["¿le llegó?", "ya"]
    assert _stored(session_factory, photo).media["key"] == PHOTO.key


def test_a_file_that_overtakes_its_message_comes_again(worker, channel, written, media, rasa):
    photo = written("mire", address="early", kind="image", media_pending=True)
    channel.send(media(photo, media=PHOTO))
    channel.send(photo)
    channel.wait_for("message.handled.v1", outcome="answered")
    assert rasa.asked[0]["metadata"]["media"]["key"] == PHOTO.key


def test_a_repeated_file_event_changes_nothing(worker, channel, written, media, rasa):
    note = written(address="twice", kind="audio", media_pending=True)
    channel.send(note)
    event = media(note, media=VOICE, transcript="hola", transcript_confidence=0.9)
    channel.send(event)
    channel.send(event)
    channel.send(written("fin", address="twice"))
    channel.wait_for("message.handled.v1", 2, outcome="answered")
    assert rasa.texts() == ["hola", "fin"]


def test_refusing_and_wanting_messages_again_is_confirmed_without_the_dialogue(worker, channel, written, rasa):
    channel.send(written("BAJA", address="opt", opt="out"))
    channel.send(written("ALTA", address="opt", opt="in"))
    channel.wait_for("message.outbound.v1", 2)
    assert ["no le enviaremos más avisos" in said(channel)[0], "volverá a recibir" in said(channel)[1]] == [True, True]
    assert rasa.asked == []


def test_a_reaction_is_kept_and_not_answered(worker, channel, written, rasa, session_factory):
    reaction = written("👍", address="reacts", kind="reaction")
    channel.send(reaction)
    channel.send(written("hola", address="reacts"))
    assert channel.wait_for("message.handled.v1", message_id=reaction.data.message_id)[0]["outcome"] == "silenced"
    channel.wait_for("message.handled.v1", 2)
    assert rasa.texts() == ["hola"]
    assert _stored(session_factory, reaction).text == "👍"


def test_what_the_office_begins_is_in_the_conversation_and_its_buttons_count(
    worker, channel, written, initiated, rasa, session_factory
):
    confirm = Button(title="Confirmo", payload='/confirm_appointment{"appointment":"H7KQ-3M2X"}')
    event = initiated("starts", "Le recordamos su hora. ¿Viene?", confirm)
    channel.send(event)
    channel.send(event)
    channel.send(written("Confirmo", address="starts", kind="button", payload=confirm.payload))
    done = channel.wait_for("message.handled.v1", outcome="answered")
    assert rasa.texts() == [confirm.payload]
    assert rasa.asked[0]["metadata"]["phone"] == "+56912345678"
    assert rasa.asked[0]["metadata"]["office_asks"] == [confirm.model_dump()]
    assert channel.of_type("message.outbound.v1")[0]["seq"] == 3
    with session_factory() as session:
        conversation = session.get(Conversation, done[0]["conversation_id"])
        assert (conversation.mode, conversation.last_seq) == ("bot", 3)
        rows = session.scalars(
            select(Message).where(Message.conversation_id == conversation.id).order_by(Message.seq)
        ).all()
        assert [(row.direction, row.sender_type) for row in rows] == [
            ("out", "system"),
            ("in", "citizen"),
            ("out", "bot"),
        ]
        assert rows[0].id == event.data.message_id


def test_what_the_office_begins_does_not_hand_the_word_over(worker, channel, written, initiated, rasa):
    channel.send(written("hola", address="goes-on"))
    channel.wait_for("message.handled.v1")
    channel.send(initiated("goes-on", "Su reclamo cambió de estado."))
    channel.send(written("gracias", address="goes-on"))
    channel.wait_for("message.handled.v1", 2, outcome="answered")
    assert [body["sender"].rpartition(".")[2] for body in rasa.asked] == ["1", "1"]


def test_an_answer_to_the_bot_is_none_to_the_office(worker, channel, written, initiated, rasa):
    channel.send(initiated("between", "¿Viene?", Button(title="Sí", payload="/affirm")))
    for number, text in enumerate(("hola", "sí"), start=1):
        channel.send(written(text, address="between"))
        channel.wait_for("message.handled.v1", number, outcome="answered")
    assert [bool(body["metadata"]["office_asks"]) for body in rasa.asked] == [True, False]


def _stored(session_factory, event):
    with session_factory() as session:
        return session.get(Message, event.data.message_id)


def test_nothing_is_stored_twice(worker, channel, written, media, rasa, session_factory):
    note = written(address="once", kind="audio", media_pending=True)
    again = written(address="once", kind="audio", media_pending=True, provider_id=note.data.provider_message_id)
    for event in (note, again, note):
        channel.send(event)
    channel.send(media(note, media=VOICE, transcript="hola", transcript_confidence=0.9))
    channel.wait_for("message.handled.v1", outcome="answered")
    assert rasa.texts() == ["hola"]
    with session_factory() as session:
        count = select(func.count()).select_from(Message)
        same = Message.provider_message_id == note.data.provider_message_id
        assert session.scalar(count.where(same)) == 1
