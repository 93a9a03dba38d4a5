"""The threads that call providers."""

import threading
from collections.abc import Callable

from munbot_common.database import SessionFactory

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.deliveries.contents import StoredMedia
from munbot_whatsapp.providers.base import Account, OutboundMedia, Provider
from munbot_whatsapp.settings import WorkerSettings


class SenderPool:
    """Sends what is queued: each citizen's messages one at a time and in order, different citizens' side by side.

    Args:
        factory: sessions.
        settings: how many threads, and how long an uncertain message waits for a status.
        provider: by name (`providers.registry.get`).
        open_account: gives an account with its credentials in the clear (the vault's); raises when it cannot.
        load_media: reads a file from the object store.
        on_commit: called when there are events in the outbox (`OutboxRelay.wake`).
    """

    def __init__(
        self,
        factory: SessionFactory,
        settings: WorkerSettings,
        *,
        provider: Callable[[str], Provider],
        open_account: Callable[[AccountRow], Account],
        load_media: Callable[[StoredMedia], OutboundMedia],
        on_commit: Callable[[], None],
    ) -> None:
        raise NotImplementedError

    def wake(self) -> None:
        """Look for work now: call it right after a commit."""
        raise NotImplementedError

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set; database and providers may come and go."""
        raise NotImplementedError
