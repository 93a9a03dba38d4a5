"""Fixtures of the end-to-end tests; without a running platform they are skipped."""

import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode puts no test folder on the path

from e2e_support import OTHER_TENANT, TENANT, Platform, Visitor, until


@pytest.fixture(scope="session")
def platform():
    found = Platform.from_environment()
    if found is None:
        pytest.skip("MUNBOT_TEST_BASE_URL is not set: ./munbot test starts the platform and sets it")
    return found


@pytest.fixture
def visitor(platform):
    """A new citizen of Valle Claro."""
    return Visitor(platform.base_url)


@pytest.fixture(scope="session")
def admin(platform):
    return platform.login(TENANT, "admin")


@pytest.fixture(scope="session")
def agent(platform):
    return platform.login(TENANT, "agente")


@pytest.fixture(scope="session")
def viewer(platform):
    return platform.login(TENANT, "lectura")


@pytest.fixture(scope="session")
def stranger(platform):
    """An administrator of the other municipality."""
    return platform.login(OTHER_TENANT, "admin")


@pytest.fixture
def service(platform):
    """A client with a service's token, in Valle Claro's name."""
    client = httpx.Client(base_url=platform.base_url, timeout=60)
    client.headers["Authorization"] = f"Bearer {platform.secret('service_token_actions')}"
    client.headers["X-Munbot-Tenant"] = TENANT
    return client


@pytest.fixture
def bookings_of(service):
    """Callable: live appointments of a RUT."""

    def find(rut):
        def ask():  # the scheduler may be on its way back
            answer = service.get("/api/scheduler/v1/appointments", params={"rut": rut, "live": True})
            return answer if answer.status_code not in {502, 503} else None

        answer = until(ask, "an answer of the scheduler")
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    return find


@pytest.fixture
def untouched_slot(service):
    """A free slot some weeks away that nobody else has touched."""
    first = datetime.now(UTC).date() + timedelta(days=14)
    query = {
        "procedure_id": "licencia-renovacion",
        "limit": 2000,
        "from": str(first),
        "to": str(first + timedelta(days=20)),
    }
    answer = service.get("/api/scheduler/v1/slots", params=query)
    assert answer.status_code == 200, answer.text
    free = [slot for slot in answer.json()["items"] if slot["free"] == slot["capacity"]]
    assert free, "the agenda is full"
    return secrets.choice(free)
