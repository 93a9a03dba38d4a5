"""From a message in to its replies out, through a real broker and a real database."""

from munbot_conversations.conversations.models import Conversation
from munbot_conversations.messages.models import Message
from sqlalchemy import select


def rows_of(session_factory, conversation_id):
    with session_factory() as session:
        return session.scalars(
            select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq)
        ).all()


def test_a_message_is_answered(worker, channel, received, rasa, session_factory):
    rasa.reply = lambda sender, _m: [
        {"recipient_id": sender, "text": "¡Hola!"},
        {"recipient_id": sender, "text": "¿Qué necesita?", "buttons": [{"title": "Hora", "payload": "/book"}]},
    ]
    event = received("  hola ")
    channel.send(event)
    handled = channel.wait_for("message.handled.v1")[0]
    assert handled["outcome"] == "answered"
    assert handled["replies"] == 2
    first, second = channel.wait_for("message.outbound.v1", 2)
    assert [first["text"], second["text"]] == ["¡Hola!", "¿Qué necesita?"]
    assert [first["seq"], second["seq"]] == [2, 3]
    assert [first["turn_index"], second["turn_index"], second["turn_count"]] == [0, 1, 2]
    assert second["buttons"] == [{"title": "Hora", "payload": "/book"}]
    assert first["in_reply_to"] == str(event.data.message_id)
    assert first["recipient"] == event.data.sender.address
    asked = rasa.asked[0]
    assert asked["message"] == "hola"
    assert asked["sender"] == f"{handled['conversation_id']}.1"
    assert asked["metadata"]["message_id"] == str(event.data.message_id)
    assert asked["metadata"]["timezone"] == "America/Santiago"
    inbound, *_ = rows_of(session_factory, handled["conversation_id"])
    assert inbound.text == "  hola "
    assert inbound.state == "handled"


def test_the_same_message_five_times_shuffled_is_answered_once(worker, channel, received, rasa, session_factory):
    import random

    address = "repeats"
    originals = [received(f"m{number}", address=address) for number in range(6)]
    again = [
        received(event.data.text, address=address, provider_id=event.data.provider_message_id) for event in originals
    ]
    everything = originals * 4 + again
    random.Random(7).shuffle(everything)
    for event in everything:
        channel.send(event)
    channel.wait_for("message.handled.v1", 6)
    channel.send(received("fin", address=address))
    done = channel.wait_for("message.handled.v1", 7)
    assert sorted(rasa.texts()) == ["fin", *(f"m{number}" for number in range(6))]
    rows = rows_of(session_factory, done[0]["conversation_id"])
    assert [row.seq for row in rows] == list(range(1, 15))


def test_typed_commands_and_foreign_payloads_do_not_reach_rasa(worker, channel, received, rasa):
    rasa.reply = lambda sender, _m: [
        {"recipient_id": sender, "text": "Elija", "buttons": [{"title": "Sí", "payload": '/affirm{"a":1}'}]}
    ]
    sent = [
        {"text": "/restart"},
        {"text": " / /session_start"},
        {"text": "No", "payload": "/deny", "kind": "button"},
        {"text": "Sí", "payload": '/affirm{"a":1}', "kind": "button"},
    ]
    for number, wish in enumerate(sent, start=1):
        channel.send(received(address="commands", **wish))
        channel.wait_for("message.handled.v1", number)
    assert rasa.texts() == ["restart", "session_start", "No", '/affirm{"a":1}']


def test_hostile_and_odd_texts_are_ordinary(worker, channel, received, rasa, session_factory):
    texts = ["🙃🙃", "<script>alert(1)</script>", "a\x00b", "x" * 10_000, "'; DROP TABLE messages; --"]
    for number, text in enumerate(texts, start=1):
        channel.send(received(text, address="odd"))
        channel.wait_for("message.handled.v1", number)
    assert rasa.texts() == ["🙃🙃", "<script>alert(1)</script>", "ab", "x" * 2000, "'; DROP TABLE messages; --"]
    conversation_id = channel.of_type("message.handled.v1")[0]["conversation_id"]
    stored = [row.text for row in rows_of(session_factory, conversation_id) if row.direction == "in"]
    assert stored[3] == "x" * 10_000


def test_empty_text_gets_a_kind_word_without_rasa(worker, channel, received, rasa):
    channel.send(received("   "))
    assert channel.wait_for("message.handled.v1")[0]["replies"] == 1
    assert rasa.asked == []
    channel.send(received("", kind="image"))
    channel.wait_for("message.handled.v1", 2)
    assert "imagen" in channel.wait_for("message.outbound.v1", 2)[1]["text"]


def test_no_reply_is_counted_as_unanswered(worker, channel, received, rasa, session_factory):
    from munbot_conversations.unanswered.models import UnansweredQuestion

    rasa.reply = lambda _s, _m: []
    channel.send(received("¿Cuánto MIDE la luna?"))
    channel.wait_for("message.handled.v1")
    channel.send(received("cuanto mide la luna"))
    channel.wait_for("message.handled.v1", 2)
    assert channel.of_type("message.outbound.v1")[0]["text"].startswith("Perdone")
    with session_factory() as session:
        question = session.scalar(
            select(UnansweredQuestion).where(UnansweredQuestion.normalised == "cuanto mide la luna")
        )
        assert question.count == 2


def test_a_message_rasa_refuses_does_not_block_the_next(worker, channel, received, rasa):
    def reply(sender, message):
        return {"not": "a list"} if message == "veneno" else [{"recipient_id": sender, "text": "bien"}]

    rasa.reply = reply
    channel.send(received("veneno", address="poison"))
    channel.send(received("hola", address="poison"))
    done = channel.wait_for("message.handled.v1", 2)
    assert [item["outcome"] for item in done] == ["answered", "answered"]
    assert [item["text"] for item in channel.wait_for("message.outbound.v1", 2)][1] == "bien"
    assert rasa.texts() == ["veneno", "hola"]


def test_rasa_away_is_told_once_and_answered_later(worker, channel, received, rasa):
    port = rasa.port
    rasa.stop()
    for text in ("uno", "dos", "tres"):
        channel.send(received(text, address="patient"))
    told = channel.wait_for("message.outbound.v1")
    assert told[0]["sender_type"] == "system"
    deferred = channel.wait_for("message.handled.v1", outcome="deferred")
    assert deferred[0]["replies"] == 1
    rasa.start(port)
    channel.wait_for("message.handled.v1", 3, outcome="answered")
    out = channel.wait_for("message.outbound.v1", 4)
    assert [item["text"] for item in out[1:]] == ["eco: uno", "eco: dos", "eco: tres"]
    assert [item["sender_type"] for item in out] == ["system", "bot", "bot", "bot"]
    assert rasa.texts() == ["uno", "dos", "tres"]


def test_after_a_very_long_outage_a_person_is_asked(start_worker, channel, received, rasa, session_factory):
    rasa.status = 503
    start_worker(outage_handoff_minutes=0).consumer.wait_ready(10)
    channel.send(received("hola"))
    requested = channel.wait_for("conversation.handoff_requested.v1")[0]
    assert requested["reason"] == "outage"
    assert channel.wait_for("message.handled.v1")[0]["outcome"] == "silenced"
    with session_factory() as session:
        conversation = session.get(Conversation, requested["conversation_id"])
        assert conversation.mode == "human"
        assert conversation.waiting_since is not None


def test_an_answer_that_got_lost_is_read_from_the_tracker(start_worker, channel, received, rasa):
    import time as clock

    rasa.before_answer = lambda *_: clock.sleep(1.0)
    start_worker(rasa_timeout_seconds=0.4).consumer.wait_ready(10)
    channel.send(received("hola"))
    done = channel.wait_for("message.handled.v1", outcome="answered")
    assert done[0]["replies"] == 1
    assert rasa.texts() == ["hola"]
    assert [item["text"] for item in channel.of_type("message.outbound.v1")][-1] == "eco: hola"


def test_an_inner_failure_of_rasa_is_tried_again(worker, channel, received, rasa):
    tries = []

    def reply(sender, message):
        tries.append(message)
        rasa.remember = len(tries) > 1
        return [{"recipient_id": sender, "text": "ahora sí"}] if len(tries) > 1 else []

    rasa.reply = reply
    channel.send(received("hola"))
    channel.wait_for("message.handled.v1", outcome="answered")
    assert channel.of_type("message.outbound.v1")[-1]["text"] == "ahora sí"
    assert tries == ["hola", "hola"]


def test_a_message_that_only_rasa_chokes_on_gets_an_apology(worker, channel, received, rasa):
    def reply(sender, message):
        rasa.remember = message != "atragántate"
        return [{"recipient_id": sender, "text": "bien"}] if rasa.remember else []

    rasa.reply = reply
    channel.send(received("atragántate", address="choke"))
    channel.wait_for("message.handled.v1", outcome="deferred")
    for number in range(2, 8):  # others are answered meanwhile, so that it is not Rasa that is away
        channel.send(received("hola", address=f"other-{number}"))
        channel.wait_for("message.handled.v1", number - 1, outcome="answered")
    channel.send(received("y ahora", address="choke"))
    channel.wait_for("message.handled.v1", 8, outcome="answered", timeout=30)
    assert [text for text in rasa.texts() if text == "atragántate"] == ["atragántate"] * 5
    said = [item["text"] for item in channel.of_type("message.outbound.v1") if "no pude procesar" in item["text"]]
    assert len(said) == 1


def test_an_unknown_tenant_goes_to_the_dead_letters(worker, channel, received, session_factory, rasa):
    channel.send(received("hola", tenant="nowhere"))
    channel.send(received("hola"))
    channel.wait_for("message.handled.v1")
    assert len(rasa.asked) == 1
    with session_factory() as session:
        assert session.scalar(select(Message.id).where(Message.tenant_id == "nowhere")) is None
