"""The SMTP client (RFC 5321): a connection is kept while there is work, and what each refusal means."""

import contextlib
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from munbot_notifications.channels.base import AddressRefused, ChannelAway, Outgoing, Permanent, Retryable
from munbot_notifications.channels.email.message import mime

IDLE_SECONDS = 30.0
"""A connection that was not used for so long may have been closed by the server, so a new one is made."""
ASKED_SECONDS = 0.5
"""After so long the server is asked whether it is still there."""
MAX_MAILS = 100
"""On one connection; servers limit it."""
_DEFAULT_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_NOBODY = frozenset({550, 551, 553})
_ENHANCED_NOBODY = (b"5.1.1", b"5.1.2", b"5.1.3", b"5.1.6", b"5.1.10", b"5.2.1")
_REFUSED = 500


class EmailChannel:
    """Hands mails to one mail server.

    Args:
        url: `smtp://`, `smtp+starttls://` or `smtps://`, with the user and password where the server wants them.
        mail_from: the address that mails come from.
        timeout: seconds for each step.
        context: TLS settings, for tests; the system's authorities by default.
    """

    name: ClassVar[str] = "email"
    recognised: ClassVar[bool] = True

    def __init__(
        self, url: str, *, mail_from: str, timeout: float = 20.0, context: Callable[[], ssl.SSLContext] | None = None
    ) -> None:
        self._url = urlsplit(url)
        self._mail_from = mail_from
        self._timeout = timeout
        self._context = context or ssl.create_default_context
        self._server: smtplib.SMTP | None = None
        self._used_at = 0.0
        self._mails = 0

    def send(self, message: Outgoing) -> str | None:
        """Hand a mail over; return its Message-ID.

        Raises:
            ChannelAway: the server is not there, or does not let us in.
            Retryable: not taken now; or taken, perhaps, as the connection broke at the end.
            AddressRefused, Permanent: never.
        """
        try:
            mail = mime(message, mail_from=self._mail_from)
        except ValueError as error:  # an address or header that no mail can have
            code = "address_invalid"
            raise AddressRefused(code) from error
        with self._connected() as server, self._understood():
            server.send_message(mail, from_addr=self._mail_from, to_addrs=[message.address])
        self._used_at = time.monotonic()
        self._mails += 1
        return str(mail["Message-ID"])

    def close(self) -> None:
        """Say goodbye to the server."""
        if self._server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._server.quit()
        self._server = None

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        rested = time.monotonic() - self._used_at
        stale = self._mails >= MAX_MAILS or rested > IDLE_SECONDS
        if self._server is not None and (stale or (rested > ASKED_SECONDS and not self._answers())):
            self.close()
        if self._server is None:
            self._server, self._mails = self._connect(), 0
        yield self._server

    def _answers(self) -> bool:
        """Whether the kept connection still lives, so that a dead one costs no attempt."""
        assert self._server is not None
        try:
            return bool(self._server.rset()[0] == 250)
        except (smtplib.SMTPException, OSError):
            return False

    def _connect(self) -> smtplib.SMTP:
        url = self._url
        host, port = url.hostname or "localhost", url.port or _DEFAULT_PORTS[url.scheme]
        server: smtplib.SMTP | None = None
        try:
            if url.scheme == "smtps":
                server = smtplib.SMTP_SSL(host, port, timeout=self._timeout, context=self._context())
            else:
                server = smtplib.SMTP(host, port, timeout=self._timeout)
                if url.scheme == "smtp+starttls":
                    server.starttls(context=self._context())
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
        except smtplib.SMTPResponseException as error:
            self._let_go(server)
            raise ChannelAway(f"smtp_{error.smtp_code}") from error
        except (smtplib.SMTPException, OSError) as error:
            self._let_go(server)
            raise ChannelAway(f"smtp_{type(error).__name__.lower()}") from error
        return server

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """Say what the server's refusal means for the mail."""
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            if code < _REFUSED:
                raise Retryable(f"smtp_{code}") from error
            if code in _NOBODY and _names_nobody(text):
                raise AddressRefused(f"smtp_{code}") from error
            raise Permanent(f"smtp_{code}") from error
        except smtplib.SMTPNotSupportedError as error:  # an address with accents, and a server without SMTPUTF8
            code_name = "smtp_not_supported"
            raise Permanent(code_name) from error
        except smtplib.SMTPServerDisconnected as error:
            self._let_go(self._server)
            code_name = "smtp_disconnected"
            raise Retryable(code_name) from error
        except smtplib.SMTPSenderRefused as error:
            raise ChannelAway(f"smtp_{error.smtp_code}") from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code == 421:
                self._let_go(self._server)
                raise ChannelAway("smtp_421") from error
            raise (Permanent if error.smtp_code >= _REFUSED else Retryable)(f"smtp_{error.smtp_code}") from error
        except (smtplib.SMTPException, OSError) as error:
            self._let_go(self._server)
            raise Retryable(f"smtp_{type(error).__name__.lower()}") from error

    def _let_go(self, server: smtplib.SMTP | None) -> None:
        if server is not None:
            server.close()
        self._server = None


def _names_nobody(text: bytes | str) -> bool:
    """Whether a refusal is about the address: 550 alone also means that a filter did not like us (RFC 3463)."""
    said = text if isinstance(text, bytes) else text.encode()
    if any(said.startswith(code) for code in _ENHANCED_NOBODY):
        return True
    return not said.startswith((b"5.", b"4."))
