"""What is done with a webhook before it is answered."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from munbot_common.database import SessionFactory
from munbot_common.logs import get_logger
from munbot_common.messaging import BrokerUnavailable, Publisher

from munbot_whatsapp import metrics
from munbot_whatsapp.accounts.book import AccountBook, KnownAccount
from munbot_whatsapp.inbound import intake
from munbot_whatsapp.inbound.seen import Seen
from munbot_whatsapp.problems import (
    AccountMismatch,
    AccountUnknown,
    ChallengeRefused,
    SignatureRefused,
    WebhookUnreadable,
)
from munbot_whatsapp.providers.base import PayloadInvalid, Provider, SignatureInvalid, Webhook

log = get_logger("whatsapp.webhooks")

CONFIRM_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Post:
    """A webhook as it came: `headers` have lower-case names, `url` is the one that the provider knows."""

    headers: Mapping[str, str]
    body: bytes
    url: str
    remote: str


class Webhooks:
    """Takes webhooks in: checked, read, published with the broker's confirm. Only then may they be answered.

    Args:
        book: the accounts.
        session_factory: the database, asked only for what a bare number stands for.
        publisher: to the broker.
        seen: what was published before.
        provider: gives one by its name.
    """

    def __init__(
        self,
        *,
        book: AccountBook,
        session_factory: SessionFactory,
        publisher: Publisher,
        seen: Seen,
        provider: Callable[[str], Provider],
    ) -> None:
        self._book = book
        self._factory = session_factory
        self._publisher = publisher
        self._seen = seen
        self._provider = provider

    async def challenge(self, known: KnownAccount, query: Mapping[str, str]) -> str:
        """Return what a provider's verification request is answered with.

        Raises:
            ChallengeRefused: it does not know our word.
        """
        answer = self._provider(known.account.provider).challenge(known.account, query)
        if answer is None:
            raise ChallengeRefused
        return answer

    async def account(self, provider: str, slug: str) -> KnownAccount:
        """Return an account that takes webhooks.

        Raises:
            AccountUnknown: there is none, at this provider.
        """
        if self._book.answers_at_once(slug):
            known = self._book.by_slug(slug)
        else:
            known = await run_in_threadpool(self._book.by_slug, slug)
        if known is None or not known.active or known.account.provider != provider:
            raise AccountUnknown
        return known

    async def take(self, known: KnownAccount, post: Post) -> None:
        """Publish all that a webhook says that was not published before.

        Raises:
            SignatureRefused: the provider did not send it.
            WebhookUnreadable: it is none.
            AccountMismatch: it is another number's.
            BrokerUnavailable: not published; the provider shall repeat it.
        """
        provider = known.account.provider
        try:
            webhook = self._parse(known, post)
            fresh = await self._publish(known, webhook)
        except Exception as error:
            metrics.WEBHOOKS.labels(provider, type(error).__name__).inc()
            raise
        metrics.WEBHOOKS.labels(provider, "published" if fresh else "nothing").inc()

    def _parse(self, known: KnownAccount, post: Post) -> Webhook:
        account = known.account
        provider = self._provider(account.provider)
        try:
            provider.verify(account, headers=post.headers, body=post.body, url=post.url, remote=post.remote)
        except SignatureInvalid as error:
            log.warning("webhook_refused", account=account.slug, reason="signature")
            raise SignatureRefused from error
        try:
            webhook = provider.parse(account, post.body, content_type=post.headers.get("content-type", ""))
            intake.check_refs(known, webhook)
        except PayloadInvalid as error:
            log.warning("webhook_refused", account=account.slug, reason="unreadable")
            raise WebhookUnreadable from error
        except intake.ForeignWebhook as error:
            log.warning("webhook_refused", account=account.slug, reason="other_account")
            raise AccountMismatch from error
        return webhook

    async def _publish(self, known: KnownAccount, webhook: Webhook) -> int:
        if intake.needs_menus(webhook):
            told = await run_in_threadpool(intake.read, self._factory, known, webhook)
        else:
            told = intake.read(self._factory, known, webhook)
        before = await self._seen.known([item.key for item in told])
        fresh = [item for item in told if item.key not in before]
        if before:
            metrics.DUPLICATES.labels(known.account.provider).inc(len(told) - len(fresh))
        confirmed = asyncio.wrap_future(self._publisher.publish(intake.to_publish(fresh)))
        try:
            await asyncio.wait_for(asyncio.shield(confirmed), CONFIRM_SECONDS)
        except TimeoutError as error:
            msg = "no confirm in time"
            raise BrokerUnavailable(msg) from error
        await self._seen.remember([item.key for item in fresh])
        intake.count(known, fresh)
        return len(fresh)
