"""Fixtures of the container tests; without `./munbot test compose` they are skipped."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode puts no test folder on the path
sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from e2e_support import Platform
from history import History
from munbot_cli.testing.stack import Stack


@pytest.fixture(scope="session")
def stack():
    found = Stack.from_environment()
    if found is None:
        pytest.skip("MUNBOT_TEST_ENGINE is not containers: ./munbot test compose starts them and sets it")
    return found


@pytest.fixture(scope="session")
def platform(stack):
    return Platform.from_environment()


@pytest.fixture(scope="session")
def history(platform):
    """What a citizen and an official did before any container was touched."""
    return History.make(platform)
