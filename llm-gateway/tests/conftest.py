"""Put the shared helpers of these tests on the path, and hand out the plumbing."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode puts no test folder on the path

import plumbing


@pytest.fixture(scope="session")
def engine_path() -> Path:
    """Folder with llama-cpp-python."""
    return plumbing.engine_path()


@pytest.fixture(scope="session")
def smollm2_path() -> Path:
    """The tiny GGUF file; its words mean nothing."""
    return plumbing.smollm2_path()
