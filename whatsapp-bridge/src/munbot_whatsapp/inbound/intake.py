"""From a webhook that was read to events that the broker has confirmed, for every road by which webhooks come."""

from collections.abc import Sequence

from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.messaging import OutgoingMessage

from munbot_whatsapp import metrics
from munbot_whatsapp.accounts.book import KnownAccount
from munbot_whatsapp.citizens import repository as citizens
from munbot_whatsapp.inbound.translate import Menus, Told, asks_for_menu, told_by
from munbot_whatsapp.providers.base import Webhook


class ForeignWebhook(Exception):
    """A webhook speaks only of other accounts than the one by whose address, or queue, it came."""


def check_refs(known: KnownAccount, webhook: Webhook) -> None:
    """Refuse what is about other numbers only; of a mixed webhook the provider's code has left out what is not ours.

    Raises:
        ForeignWebhook: it is.
    """
    if webhook.refs and known.account.provider_ref not in webhook.refs:
        raise ForeignWebhook


def needs_menus(webhook: Webhook) -> bool:
    """Whether `read` will ask the database."""
    return any(asks_for_menu(message) for message in webhook.messages)


def read(factory: SessionFactory, known: KnownAccount, webhook: Webhook) -> list[Told]:
    """Return what a webhook says; numbers that answer a menu are the options that they stand for.

    Raises:
        OperationalError: a menu was needed and the database is away.
    """
    menus: Menus = {}
    if needs_menus(webhook):
        asked = {message.address for message in webhook.messages if asks_for_menu(message)}
        with unit_of_work(factory) as session:
            menus = citizens.menus_of(session, known.id, asked)
    told = told_by(known.account, webhook, menus)
    for reason, count in webhook.dropped.items():
        metrics.DROPPED.labels(known.account.provider, reason).inc(count)
    return told


def to_publish(told: Sequence[Told]) -> list[OutgoingMessage]:
    """Return the messages for the broker, each once, in order."""
    once = {message.message_id: message for item in told for message in item.messages}
    return list(once.values())


def count(known: KnownAccount, told: Sequence[Told]) -> None:
    """Count what was handed on."""
    for item in told:
        metrics.INBOUND.labels(known.account.provider, item.kind).inc()
