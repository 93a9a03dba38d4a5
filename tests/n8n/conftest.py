"""Fixtures of n8n's tests; without a platform that has n8n beside it what needs it is skipped."""

import email
import email.policy
import os
import sys
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))  # importlib mode puts no test folder on the path

from e2e_support import TENANT, Platform, Visitor, until


@pytest.fixture(scope="session")
def n8n():
    address = os.environ.get("MUNBOT_TEST_N8N_URL")
    if not address:
        pytest.skip("MUNBOT_TEST_N8N_URL is not set: ./munbot test n8n starts n8n and sets it")
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def platform(n8n):
    return Platform.from_environment()


@pytest.fixture(scope="session")
def awake(platform):
    """Nobody's quiet hours: mails come at once, at whatever time the tests run."""
    admin = platform.login(TENANT, "admin")
    rules = {"quiet_from": "08:00", "quiet_until": "08:00", "digest_at": "08:00"}
    answer = admin.put("/api/notifications/v1/rules", json=rules)
    assert answer.status_code == 200, answer.text


@pytest.fixture(scope="session")
def service(platform):
    """A client with a service's token, in Valle Claro's name."""
    client = httpx.Client(base_url=platform.base_url, timeout=60)
    client.headers["Authorization"] = f"Bearer {platform.secret('service_token_actions')}"
    client.headers["X-Munbot-Tenant"] = TENANT
    return client


@pytest.fixture
def visitor(platform):
    return Visitor(platform.base_url)


class Mailbox:
    """The mail server's folder."""

    def __init__(self, folder):
        self.folder = folder

    def find(self, to, *words):
        """Mails to somebody whose subject or text holds all the words."""
        found = []
        for path in sorted((self.folder / "new").glob("*")):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            text = f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}"
            if to in str(mail["To"]) and all(word in text for word in words):
                found.append(text)
        return found

    def wait(self, to, *words, seconds=120):
        """The text of the one mail; fails when there is none in time, or more than one."""
        found = until(lambda: self.find(to, *words), f"a mail to {to} about {words}", seconds)
        assert len(found) == 1, found
        return found[0]


@pytest.fixture(scope="session")
def mailbox():
    return Mailbox(Path(os.environ["MUNBOT_TEST_MAIL_DIR"]))
