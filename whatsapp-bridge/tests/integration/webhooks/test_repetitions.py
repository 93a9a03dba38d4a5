"""The same message many times has one effect: a property of any interleaving, with Redis and without."""

import contextlib
import random
import secrets
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from munbot_whatsapp.inbound.seen import Seen
from redis import Redis


@pytest.fixture(scope="module")
def account(add_account):
    return add_account()


def downstream(events):
    """What a consumer with an inbox makes of a stream: the first event of each id."""
    kept = {}
    for event in events:
        kept.setdefault(event.id, event)
    return list(kept.values())


def said(event):
    return {name: event.data[name] for name in ("provider_message_id", "message_id", "text", "sender")}


@contextlib.contextmanager
def without_redis(client):
    """The API's memory of what it has seen, gone."""
    service = client.app.state.webhooks
    memory, service._seen = service._seen, Seen(_Away(), keep_seconds=60)
    try:
        yield
    finally:
        service._seen = memory


class _Away:
    async def mget(self, _):
        raise OSError

    def pipeline(self, **_):
        raise OSError


batches = st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=4, unique=True), min_size=1, max_size=10)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(batches, st.booleans(), st.integers(1, 4), st.randoms(use_true_random=False))
def test_each_message_reaches_the_hub_once_however_often_it_comes(
    client, post, account, meta, ear, batches, remembers, times, chance
):
    run = secrets.token_hex(6)
    bodies = [
        meta.body(
            account, [meta.text(f"texto {n}", message_id=f"wamid.{run}.{n}", sender=f"5691000000{n}") for n in batch]
        )
        for batch in batches
    ]
    posts = bodies * times
    chance.shuffle(posts)
    memory = contextlib.nullcontext() if remembers else without_redis(client)
    with memory, ThreadPoolExecutor(4) as threads:
        assert {answer.status_code for answer in threads.map(lambda body: post(account, body), posts)} == {200}
    wanted = {f"wamid.{run}.{n}" for batch in batches for n in batch}
    for provider_id in wanted:
        ear.wait_for("message.received", provider_message_id=provider_id)
    found = [e for e in ear.events("message.received") if e.data["provider_message_id"] in wanted]
    effects = downstream(found)
    assert sorted(event.data["provider_message_id"] for event in effects) == sorted(wanted)
    by_message = defaultdict(list)
    for event in found:
        by_message[event.data["provider_message_id"]].append(said(event))
    for repetitions in by_message.values():
        assert all(repetition == repetitions[0] for repetition in repetitions)


def test_what_redis_has_seen_is_not_published_again(post, account, meta, ear):
    body = meta.body(account, [meta.text(message_id="wamid.again")])
    for _ in range(5):
        assert post(account, body).status_code == 200
    marker = meta.text(message_id="wamid.after")
    post(account, meta.body(account, [marker]))
    ear.wait_for("message.received", provider_message_id="wamid.after")
    assert len(ear.events("message.received", provider_message_id="wamid.again")) == 1


def test_the_new_part_of_a_repeated_batch_is_published(post, account, meta, ear):
    old, new = meta.text(message_id="wamid.old"), meta.text(message_id="wamid.new")
    post(account, meta.body(account, [old]))
    post(account, meta.body(account, [old, new]))
    ear.wait_for("message.received", provider_message_id="wamid.new")
    assert len(ear.events("message.received", provider_message_id="wamid.old")) == 1


def test_statuses_of_one_message_are_different_news(post, account, meta, ear):
    def status(name):
        return {"id": "wamid.s", "status": name, "timestamp": "1749416383", "recipient_id": "569"}

    for name in random.Random(4).choices(["sent", "delivered", "read"], k=12):
        assert post(account, meta.body(account, statuses=[status(name)])).status_code == 200
    heard = ear.wait_for("whatsapp.status_received", 3, provider_message_id="wamid.s")
    assert sorted(event.data["status"] for event in heard) == ["delivered", "read", "sent"]


def test_nothing_is_remembered_that_the_broker_did_not_confirm(client, post, account, meta, ear):
    from munbot_common.messaging import Publisher

    service = client.app.state.webhooks
    body = meta.body(account, [meta.text(message_id="wamid.unconfirmed")])
    publisher, service._publisher = service._publisher, Publisher("amqp://127.0.0.1:1/", name="away")
    try:
        answer = post(account, body)
    finally:
        service._publisher = publisher
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert post(account, body).status_code == 200
    ear.wait_for("message.received", provider_message_id="wamid.unconfirmed")


def test_no_phone_number_and_no_words_are_in_redis(post, account, meta, api_settings):
    post(account, meta.body(account, [meta.text("secreto", message_id="wamid.private", sender="56987654321")]))
    with Redis.from_url(api_settings.redis_dsn()) as redis:
        names = b" ".join(redis.scan_iter("whatsapp:seen:*", count=1000))
    assert names
    assert b"56987654321" not in names
    assert b"wamid" not in names
