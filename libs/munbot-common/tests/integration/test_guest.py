"""A guest at the broker: its own queue, and nothing else."""

import os
import uuid

import pika
import pytest
from munbot_common.guest import GuestSettings, admit
from munbot_common.messaging import EXCHANGE

CREATED, OVERDUE = "munbot.complaint.created.v1", "munbot.complaint.overdue.v1"


@pytest.fixture
def guest(rabbitmq_url):
    """(name, callable that lets it in with some types of events and a password); everything is removed afterwards."""
    import httpx

    api = os.environ.get("MUNBOT_TEST_RABBITMQ_API")
    if not api:
        pytest.skip("MUNBOT_TEST_RABBITMQ_API is not set: ./munbot test starts the servers and sets it")
    address = httpx.URL(api)
    own = pika.URLParameters(rabbitmq_url)
    name = f"guest-{uuid.uuid4().hex[:8]}"
    with pika.BlockingConnection(own) as connection:
        connection.channel().exchange_declare(EXCHANGE, "topic", durable=True)

    def let_in(*event_types, password="first"):
        settings = GuestSettings(
            rabbitmq_api_url=f"http://{address.host}:{address.port}",
            rabbitmq_user=own.credentials.username,
            rabbitmq_vhost=own.virtual_host,
            rabbitmq_password=own.credentials.password,
            guest_password=password,
        )
        return admit(settings, name, event_types)

    yield name, let_in
    with pika.BlockingConnection(own) as connection:
        channel = connection.channel()
        for queue in (f"{name}.events", f"{name}.events.dead"):
            channel.queue_delete(queue)
    with httpx.Client(auth=(own.credentials.username, own.credentials.password)) as client:
        client.delete(f"http://{address.host}:{address.port}/api/users/{name}")


def connect(rabbitmq_url, name, password):
    parameters = pika.URLParameters(rabbitmq_url)
    parameters.credentials = pika.PlainCredentials(name, password)
    return pika.BlockingConnection(parameters)


def test_it_gets_what_was_asked_for(rabbitmq_url, guest):
    name, let_in = guest
    queue = let_in(CREATED, OVERDUE)
    assert let_in(OVERDUE) == queue, "safe to repeat, with other types too"
    with pika.BlockingConnection(pika.URLParameters(rabbitmq_url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        for key in ("complaint.created.v1", "complaint.overdue.v1"):
            channel.basic_publish(EXCHANGE, key, key.encode())
    with connect(rabbitmq_url, name, "first") as connection:
        channel = connection.channel()
        for method, _, body in channel.consume(queue, inactivity_timeout=10):
            assert body == b"complaint.overdue.v1"
            channel.basic_ack(method.delivery_tag)
            break
        channel.cancel()
        assert channel.basic_get(queue) == (None, None, None)


def test_it_may_do_nothing_else(rabbitmq_url, guest):
    name, let_in = guest
    queue = let_in(CREATED)
    with connect(rabbitmq_url, name, "first") as connection:
        for forbidden in (
            lambda channel: channel.queue_declare(f"{name}.more"),
            lambda channel: channel.queue_delete(queue),
            lambda channel: channel.queue_bind(queue, EXCHANGE, "#"),
            lambda channel: channel.basic_publish(EXCHANGE, "complaint.created.v1", b"{}"),
            lambda channel: channel.basic_get(f"{queue}.dead"),
        ):
            channel = connection.channel()
            channel.confirm_delivery()
            with pytest.raises(pika.exceptions.ChannelClosedByBroker) as refused:
                forbidden(channel)
            assert refused.value.reply_code == 403


def test_a_new_password_takes_the_old_one_s_place(rabbitmq_url, guest):
    name, let_in = guest
    let_in(CREATED)
    let_in(CREATED, password="second")
    connect(rabbitmq_url, name, "second").close()
    with pytest.raises(pika.exceptions.ProbableAuthenticationError):
        connect(rabbitmq_url, name, "first")
