"""Fixtures of the dialogue tests; without a running platform they are skipped."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode puts no test folder on the path

from dialogue_support import Office


@pytest.fixture(scope="session")
def base_url():
    found = os.environ.get("MUNBOT_TEST_BASE_URL")
    if not found:
        pytest.skip("MUNBOT_TEST_BASE_URL is not set: ./munbot test starts the platform and sets it")
    return found


@pytest.fixture(scope="session")
def offices(base_url):
    """Callable: the office of a tenant, logged in once."""
    known = {}

    def of(tenant):
        if tenant not in known:
            known[tenant] = Office(base_url, tenant)
        return known[tenant]

    return of
