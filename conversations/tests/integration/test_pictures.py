"""Pictures of catalogues in the bot's replies: files for channels, paths for pages, else their addresses."""

from uuid import UUID

import httpx
import pytest
from munbot_common.ids import uuid7
from munbot_conversations.files.pictures import Pictures
from munbot_conversations.files.store import FileMissing, FileStore
from munbot_conversations.messages.models import Message
from munbot_conversations.messages.schemas import MessageItem
from munbot_conversations.settings import PictureSettings
from munbot_conversations.turns.answers import Bubble
from munbot_conversations.turns.illustrating import illustrated
from munbot_conversations.turns.rules import Reply, parse_replies

PATH = "/api/imagenes/catalogos/valle-claro-oficinas/transito"
JPEG = b"\xff\xd8\xff" + bytes(200)


@pytest.fixture
def settings(s3):
    endpoint, key, secret = s3
    return PictureSettings(
        s3_endpoint=endpoint,
        s3_access_key=key,
        s3_secret_key=secret,
        datalake_url="http://data-lake",
        public_url="https://munbot.test/",
        attachments_bucket="attachments-test",
    )


@pytest.fixture
def lake():
    """What data-lake answers, and what it was asked."""

    class Lake:
        def __init__(self):
            self.asked, self.answer = (
                [],
                httpx.Response(200, content=JPEG),
            )

        def __call__(self, request):
            self.asked.append(request.url)
            if self.answer is None:
                raise httpx.ConnectError("away", request=request)
            return self.answer

    return Lake()


@pytest.fixture
def pictures(settings, lake):
    made = Pictures(settings, FileStore(settings), httpx.MockTransport(lake))
    yield made
    made.close()


@pytest.fixture
def turn():
    class Small:
        tenant, message_id = "valle-claro", uuid7()

    return Small()


def said(turn, pictures, **reply):
    (bubble,) = illustrated(turn, [Bubble(Reply(**reply))], pictures)
    return bubble


def test_a_picture_of_ours_becomes_a_file(turn, pictures, lake, settings):
    bubble = said(turn, pictures, text="Nos encuentra aquí", image=PATH)
    assert str(lake.asked[0]) == "http://data-lake/imagenes/catalogos/valle-claro-oficinas/transito?w=1280&format=jpeg"
    assert bubble.media.model_dump() == {
        "bucket": "attachments-test",
        "key": f"conversations/valle-claro/{turn.message_id}-0.jpg",
        "content_type": "image/jpeg",
        "size": len(JPEG),
        "filename": "transito.jpg",
    }
    assert (bubble.reply.text, bubble.reply.image) == ("Nos encuentra aquí", None)
    assert b"".join(FileStore(settings).open(bubble.media.key).chunks()) == JPEG


def test_its_whole_address_is_ours_too_and_another_house_s_is_not(turn, pictures, lake):
    assert said(turn, pictures, text="a", image=f"https://munbot.test{PATH}?w=64").media is not None
    for foreign in (
        "https://elsewhere.example/a.png",
        f"https://elsewhere.example{PATH}",
        f"https://munbot.test.evil{PATH}",
    ):
        bubble = said(turn, pictures, text="a", image=foreign)
        assert (bubble.media, bubble.reply.image) == (None, foreign)
    for crooked in ("/api/imagenes/catalogos/../../v1/query", f"{PATH}/../x", "/api/imagenes/catalogos/a/%2e%2e"):
        assert said(turn, pictures, text="a", image=crooked).media is None
    assert len(lake.asked) == 1


def test_a_second_try_replaces_the_file(turn, pictures):
    first, second = (said(turn, pictures, text="a", image=PATH) for _ in range(2))
    assert first.media.key == second.media.key


def test_a_picture_that_does_not_exist_is_left_out_where_there_are_words(turn, pictures, lake, settings):
    lake.answer = httpx.Response(404, content=JPEG)
    bubble = said(turn, pictures, text="Nos encuentra aquí", image=PATH)
    assert (bubble.media, bubble.reply.text, bubble.reply.image) == (None, "Nos encuentra aquí", None)
    assert said(turn, pictures, image=PATH).reply.image == f"https://munbot.test{PATH}"
    with pytest.raises(FileMissing):
        FileStore(settings).open(f"conversations/valle-claro/{turn.message_id}-0.jpg")


@pytest.mark.parametrize("answer", [None, httpx.Response(503), httpx.Response(500)])
def test_what_cannot_be_had_now_is_an_address(turn, pictures, lake, answer):
    lake.answer = answer
    bubble = said(turn, pictures, text="Nos encuentra aquí", image=PATH)
    assert (bubble.media, bubble.reply.image) == (None, f"https://munbot.test{PATH}")


def test_without_a_lake_and_without_a_picture_nothing_changes(turn, pictures, lake):
    assert said(turn, None, text="a", image=PATH).reply.image == PATH
    assert said(turn, pictures, text="a").media is None
    assert lake.asked == []


def test_rasa_gives_text_and_image_apart_and_they_come_together_again():
    apart = [{"text": "Nos encuentra en: …"}, {"image": PATH}, {"text": "¿Algo más?"}]
    assert parse_replies(apart) == [Reply(text="Nos encuentra en: …", image=PATH), Reply(text="¿Algo más?")]
    assert parse_replies([{"image": PATH}]) == [Reply(image=PATH)]
    noted = [{"text": "a"}, {"custom": {"answer": {}}}, {"image": PATH}]
    assert parse_replies(noted) == [Reply(text="a", custom={"answer": {}}, image=PATH)]


def test_a_turn_with_a_picture_says_it_to_every_channel(
    channel, rasa, received, start_worker, pictures, session_factory
):
    rasa.reply = lambda *_: [{"text": "Nos encuentra aquí"}, {"image": PATH}]
    assert start_worker(pictures=pictures).consumer.wait_ready(20)
    channel.send(received("¿dónde queda?"))
    (sent,) = channel.wait_for("message.outbound.v1", 1)
    assert (sent["kind"], sent["text"]) == ("image", "Nos encuentra aquí")
    assert (sent["media"]["content_type"], sent["media"]["filename"]) == ("image/jpeg", "transito.jpg")
    with session_factory() as session:
        kept = MessageItem.model_validate(session.get(Message, UUID(sent["message_id"])))
    assert (kept.kind, kept.media.size) == ("image", len(JPEG))
