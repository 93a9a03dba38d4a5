"""`models list | pull | find`, as the launcher calls them."""

import hashlib
import importlib.util
import json
from pathlib import Path

import pytest
from munbot_llm.models.approval import EvaluationRecord, write_record
from munbot_llm.models.catalogue_commands import main

_spec = importlib.util.spec_from_file_location("hub_server", Path(__file__).with_name("hub_server.py"))
hub_server = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(hub_server)

CONTENT = b"GGUF" + bytes(range(256)) * 64
FILE = "qwen2.5-1.5b-instruct-q4_k_m.gguf"


@pytest.fixture
def hub(monkeypatch):
    files = {f"Qwen/Qwen2.5-1.5B-Instruct-GGUF/{FILE}": CONTENT}
    with hub_server.running(hub_server.Hub(files)) as running:
        monkeypatch.setenv("LLM_HUB_URL", running.url)
        yield running


def models(folder, *arguments):
    return main(["--folder", str(folder), *arguments])


def test_a_model_of_the_catalogue_is_fetched_and_found(hub, tmp_path, capsys):
    assert models(tmp_path / "m", "pull", "qwen2.5-1.5b") == 0
    said = capsys.readouterr().err
    assert hashlib.sha256(CONTENT).hexdigest() in said
    assert "Apache-2.0" in said
    assert models(tmp_path / "m", "find", "qwen2.5-1.5b") == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {"path": str(tmp_path / "m" / FILE), "sha256": hashlib.sha256(CONTENT).hexdigest()}


def test_a_model_is_fetched_by_its_place(hub, tmp_path):
    assert models(tmp_path, "pull", f"Qwen/Qwen2.5-1.5B-Instruct-GGUF/{FILE}") == 0
    assert (tmp_path / FILE).read_bytes() == CONTENT


def test_the_token_goes_to_the_hub(hub, tmp_path, monkeypatch, capsys):
    hub.gated = True
    assert models(tmp_path, "pull", "qwen2.5-1.5b") == 1
    assert "LLM_HUB_TOKEN" in capsys.readouterr().err
    monkeypatch.setenv("LLM_HUB_TOKEN", "permitted")
    assert models(tmp_path, "pull", "qwen2.5-1.5b") == 0


def test_wrong_bytes_end_badly(hub, tmp_path, capsys):
    hub.lies[next(iter(hub.files))] = "d" * 64
    assert models(tmp_path, "pull", "qwen2.5-1.5b") == 1
    assert "is not what the hub promised" in " ".join(capsys.readouterr().err.split())
    assert [path.name for path in tmp_path.iterdir() if not path.name.endswith(".lock")] == []


def test_the_list_says_what_is_here_and_what_it_may(hub, tmp_path, capsys):
    models(tmp_path, "pull", "qwen2.5-1.5b")
    assert models(tmp_path, "list") == 0
    assert "not tried" in capsys.readouterr().out
    write_record(tmp_path / FILE, EvaluationRecord("a" * 64, FILE, passed=True))
    models(tmp_path, "list")
    listed = capsys.readouterr().out
    assert "may write answers" in listed
    assert "salamandra-2b" in listed
    row = next(line for line in listed.splitlines() if "qwen2.5-1.5b" in line and "│" in line)
    assert "yes" in row


@pytest.mark.parametrize("name", ["gpt-9", "nothing.gguf", "qwen2.5-1.5b"])
def test_what_is_not_there_is_said(tmp_path, name, capsys):
    assert models(tmp_path, "find", name) == 1
    assert capsys.readouterr().err


def test_a_path_is_found_wherever_it_is(tmp_path, capsys):
    own = tmp_path / "own.gguf"
    own.write_bytes(CONTENT)
    assert models(tmp_path / "elsewhere", "find", str(own)) == 0
    assert json.loads(capsys.readouterr().out)["path"] == str(own)
