"""The init container's script, as a module."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture
def script():
    path = Path(__file__).parents[2] / "base" / "await_schema.py"
    spec = importlib.util.spec_from_file_location("await_schema", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
