"""The mail channel against real servers on loopback: with TLS, with log-in, and with what they refuse."""

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult
from munbot_common.certificate import make_certificate
from munbot_notifications.channels.base import (
    AddressRefused,
    ChannelAway,
    DeliveryError,
    Outgoing,
    Permanent,
    Retryable,
)
from munbot_notifications.channels.email import EmailChannel
from munbot_notifications.settings import WorkerSettings
from munbot_notifications.templates.engine import Filled

MESSAGE = Outgoing(
    id=UUID(int=1),
    tenant="valle-claro",
    sender="Municipalidad de Ñuñoa",
    address="marcela@correo.example",
    filled=Filled("Su hora", "texto", "<p>html</p>", "corto"),
    created_at=datetime(2026, 11, 23, tzinfo=UTC),
)
FROM = "avisos@municipio.example"


class Server(Sink):
    def __init__(self, rcpt="250 OK", data="250 OK"):
        self.rcpt, self.data, self.mails = rcpt, data, []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append(envelope.content)
        return self.data


@pytest.fixture
def serve():
    controllers = []

    def start(handler, **options):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
        controller.start()
        controllers.append(controller)
        return port

    yield start
    for controller in controllers:
        controller.stop(no_assert=True)


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """(of the server, callable that gives the client's)."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = make_certificate(datetime.now(UTC))
    (folder / "crt").write_text(certificate)
    (folder / "key").write_text(key)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "crt", folder / "key")
    return server, lambda: ssl.create_default_context(cafile=folder / "crt")


def send(url, message=MESSAGE, **options):
    channel = EmailChannel(url, mail_from=FROM, timeout=5, **options)
    try:
        return channel.send(message)
    finally:
        channel.close()


def test_a_mail_goes_over_starttls_with_a_log_in(serve, tls):
    logins = []

    def log_in(server, session, envelope, mechanism, data):
        logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"se/cr@t")

    handler = Server()
    port = serve(handler, tls_context=tls[0], require_starttls=True, authenticator=log_in, auth_required=True)
    settings = WorkerSettings(
        database_url="postgresql://x",
        rabbitmq_url="amqp://x",
        notifications_key="k",
        jwt_public_key="BEGIN PUBLIC KEY",
        smtp_url=f"smtp+starttls://user@localhost:{port}",
        smtp_password="se/cr@t",
    )
    assert send(settings.smtp_dsn(), context=tls[1]) == "<00000000-0000-0000-0000-000000000001@municipio.example>"
    assert logins == [(b"user", b"se/cr@t")]
    assert len(handler.mails) == 1
    with pytest.raises(ChannelAway):
        send(f"smtp+starttls://user:wrong@localhost:{port}", context=tls[1])


def test_a_server_that_nobody_vouches_for_is_not_spoken_to(serve, tls):
    port = serve(Server(), tls_context=tls[0])
    with pytest.raises(ChannelAway, match="smtp_sslcert"):
        send(f"smtp+starttls://localhost:{port}")
    plain = serve(Server())
    with pytest.raises(ChannelAway):
        send(f"smtp+starttls://localhost:{plain}", context=tls[1])


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        ({"rcpt": "451 4.7.1 later"}, Retryable),
        ({"rcpt": "550 5.1.1 no such user"}, AddressRefused),
        ({"rcpt": "550 no such user"}, AddressRefused),
        ({"rcpt": "550 5.7.1 policy"}, Permanent),
        ({"rcpt": "552 5.2.2 mailbox full"}, Permanent),
        ({"data": "452 4.3.1 full"}, Retryable),
        ({"data": "554 5.7.1 spam"}, Permanent),
    ],
)
def test_what_each_refusal_means(serve, refusal, kind):
    with pytest.raises(DeliveryError) as caught:
        send(f"smtp://localhost:{serve(Server(**refusal))}")
    assert type(caught.value) is kind


def test_an_address_that_no_mail_can_have_is_refused_before_any_server_is_asked():
    for address in ("a@b.example\r\nBcc: c@d.example", ""):
        with pytest.raises(DeliveryError):
            send("smtp://localhost:1", replace(MESSAGE, address=address))


def test_a_server_that_is_not_there_makes_the_channel_wait():
    with pytest.raises(ChannelAway):
        send("smtp://localhost:1")
