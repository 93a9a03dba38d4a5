"""Evolution's events by its broker: the same events as by its webhook."""

import pytest
from munbot_common.messaging import BrokerUnavailable, Publisher
from munbot_contracts.messages import MessageKind
from munbot_whatsapp.accounts.book import AccountBook
from munbot_whatsapp.inbound.bus import EvolutionIntake
from munbot_whatsapp.providers.base import Inbound, Webhook

CREDENTIALS = {"api_key": "k", "webhook_secret": "s" * 40}


@pytest.fixture(scope="module")
def account(add_account):
    return add_account(provider="evolution", provider_ref="munbot", credentials=CREDENTIALS)


@pytest.fixture(scope="module")
def publisher(rabbitmq_url, ear):
    started = Publisher(rabbitmq_url, name="test").start()
    assert started.wait_ready(15)
    yield started
    started.close()


@pytest.fixture
def intake(sessions, vault, account):
    return lambda publisher: EvolutionIntake(sessions, book=AccountBook(sessions, vault), publisher=publisher)


def webhook(message_id):
    from datetime import UTC, datetime

    message = Inbound(message_id, "56912345678", datetime.now(UTC), MessageKind.TEXT, text="hola")
    return Webhook(messages=(message,), refs=frozenset({"munbot"}))


def test_what_an_instance_says_is_published(intake, publisher, account, ear):
    take = intake(publisher)
    take("munbot", webhook("3EB0A"))
    take("munbot", webhook("3EB0A"))
    first, second = ear.wait_for("message.received", 2, provider_message_id="3EB0A")
    assert (first.data["account"], first.tenant) == (account.slug, "valle-claro")
    assert first.id == second.id


def test_without_the_broker_it_is_given_back(intake):
    with pytest.raises(BrokerUnavailable):
        intake(Publisher("amqp://127.0.0.1:1/", name="away"))("munbot", webhook("3EB0B"))


def test_an_instance_of_somebody_else_is_left_out(intake, publisher, ear):
    take = intake(publisher)
    take("another", webhook("3EB0C"))
    take("munbot", webhook("3EB0D"))
    ear.wait_for("message.received", provider_message_id="3EB0D")
    assert not ear.events("message.received", provider_message_id="3EB0C")
