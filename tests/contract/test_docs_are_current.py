"""docs/api is what the code says now."""

import importlib.util
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("export_api", HERE / "export_api.py")
export_api = importlib.util.module_from_spec(spec)
spec.loader.exec_module(export_api)

DOCUMENTS = export_api.documents()


@pytest.mark.parametrize("path", sorted(DOCUMENTS))
def test_file_is_current(path):
    file = export_api.API / path
    assert file.exists(), "run tests/contract/export_api.py"
    assert file.read_text(encoding="utf-8") == DOCUMENTS[path], "run tests/contract/export_api.py"


def test_nothing_is_left_over():
    assert {str(file.relative_to(export_api.API)) for file in export_api.API.rglob("*.json")} == set(DOCUMENTS)
