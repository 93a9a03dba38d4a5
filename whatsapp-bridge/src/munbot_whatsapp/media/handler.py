"""The queue's entrance: a citizen's file is fetched, stored and told of in message.media.v1."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from munbot_common.client import ServiceAway
from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import get_logger
from munbot_common.messaging import PermanentError, Subscription
from munbot_common.outbox import first_time, record_events
from munbot_contracts import Event, routing_key
from munbot_contracts.envelope import AnyEvent
from munbot_contracts.messages import MESSAGE_MEDIA, Media, MessageMedia
from sqlalchemy import select

from munbot_whatsapp import metrics
from munbot_whatsapp.accounts.book import AccountBook, KnownAccount
from munbot_whatsapp.base import INBOX, OUTBOX, SERVICE
from munbot_whatsapp.events import MEDIA_RECEIVED, MediaReceived, event_id_of
from munbot_whatsapp.media.fetching import CitizenFile, fetch
from munbot_whatsapp.media.transcription import NotUnderstood, Transcriber, TranscriberAway
from munbot_whatsapp.providers.base import MediaUnavailable, Provider
from munbot_whatsapp.settings import WorkerSettings

log = get_logger("whatsapp.media")

CONSUMER = "whatsapp.media"
FILES = Subscription(CONSUMER, (routing_key(MEDIA_RECEIVED),))

PATIENCE = timedelta(seconds=55)
"""After this a file, or its transcript, is given up: the hub holds the citizen's turn for 90 s."""


class Store(Protocol):
    """Where files go."""

    bucket: str

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store a file."""
        ...


class MediaHandler:
    """Sees to one file after another. Failures that may pass are left to the retry queues while there is time.

    Args:
        session_factory: the database.
        book: the accounts.
        provider: by name.
        store: where files go.
        transcriber: hears voice notes.
        settings: limits.
        on_commit: called when there is an event in the outbox.
        clock: the time of day.
    """

    def __init__(
        self,
        session_factory: SessionFactory,
        *,
        book: AccountBook,
        provider: Callable[[str], Provider],
        store: Store,
        transcriber: Transcriber,
        settings: WorkerSettings,
        on_commit: Callable[[], None],
        clock: Clock = utc_now,
    ) -> None:
        self._factory = session_factory
        self._book = book
        self._provider = provider
        self._store = store
        self._transcriber = transcriber
        self._settings = settings
        self._on_commit = on_commit
        self._clock = clock

    def __call__(self, event: AnyEvent) -> None:
        """Handle one event; an event that was handled before changes nothing.

        Raises:
            PermanentError: of an account that does not exist.
            MediaUnavailable, TranscriberAway, ServiceAway: it shall be tried again.
        """
        wanted = MediaReceived.model_validate(event.data)
        known = self._book.by_slug(wanted.account)
        if known is None or known.account.tenant != event.tenant:
            msg = "no such account"
            raise PermanentError(msg)
        if self._was_told(event):
            return
        with metrics.MEDIA_SECONDS.time():
            told = self._see_to(known, wanted, since=event.time)
        with unit_of_work(self._factory) as session:
            if first_time(session, INBOX, consumer=CONSUMER, event_id=event.id):
                record_events(session, OUTBOX, [self._event(event, told)])
        self._on_commit()
        metrics.MEDIA.labels(wanted.kind, told.problem or "stored").inc()

    def _was_told(self, event: AnyEvent) -> bool:
        seen = select(INBOX.c.event_id).where(INBOX.c.consumer == CONSUMER, INBOX.c.event_id == event.id)
        with unit_of_work(self._factory) as session:
            return session.execute(seen).first() is not None

    def _see_to(self, known: KnownAccount, wanted: MediaReceived, *, since: datetime) -> MessageMedia:
        if wanted.kind == "audio" and (wanted.seconds or 0) > self._settings.voice_max_seconds:
            return _outcome(wanted, problem="too_long")
        provider = self._provider(known.account.provider)
        try:
            file = fetch(provider, known.account, wanted, max_bytes=self._settings.media_max_bytes)
        except MediaUnavailable as error:
            if error.temporary and self._has_time(since):
                raise
            log.warning("media_unavailable", account=wanted.account, problem=error.problem)
            problem = error.problem if error.problem in {"too_large", "type_unsupported"} else "unavailable"
            return _outcome(wanted, problem=problem)
        media = self._keep(wanted, file)
        if wanted.kind != "audio":
            return _outcome(wanted, media=media)
        return self._listen(known, wanted, file, media, since=since)

    def _keep(self, wanted: MediaReceived, file: CitizenFile) -> Media:
        key = f"whatsapp/{wanted.account}/{wanted.message_id}.{file.kind.extension}"
        self._store.put(key, file.data, file.kind.content_type)
        return Media(
            bucket=self._store.bucket,
            key=key,
            content_type=file.kind.content_type,
            size=len(file.data),
            filename=wanted.filename,
        )

    def _listen(
        self, known: KnownAccount, wanted: MediaReceived, file: CitizenFile, media: Media, *, since: datetime
    ) -> MessageMedia:
        try:
            heard = self._transcriber.transcribe(
                file.data, file.kind, tenant=known.account.tenant, message_id=wanted.message_id
            )
        except NotUnderstood as error:
            return _outcome(wanted, media=media, problem=error.problem)
        except (TranscriberAway, ServiceAway):
            if self._has_time(since):
                raise
            log.warning("transcriber_away", account=wanted.account)
            return _outcome(wanted, media=media, problem="not_understood")
        return _outcome(wanted, media=media, transcript=heard.text, transcript_confidence=heard.confidence)

    def _has_time(self, since: datetime) -> bool:
        """Whether to try again; asked when something has failed, which may have taken its time."""
        return self._clock() - since <= PATIENCE

    def _event(self, cause: AnyEvent, told: MessageMedia) -> Event[Any]:
        return Event[Any](
            id=event_id_of("told", str(cause.id)),
            source=f"/munbot/{SERVICE}",
            type=MESSAGE_MEDIA,
            subject=str(told.message_id),
            time=self._clock(),
            tenant=cause.tenant,
            correlationid=cause.correlationid,
            data=told,
        )


def _outcome(wanted: MediaReceived, **fields: Any) -> MessageMedia:
    return MessageMedia(message_id=wanted.message_id, channel="whatsapp", account=wanted.account, **fields)
