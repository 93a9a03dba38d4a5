"""./munbot models use: what is tried, what is said, what is written."""

from pathlib import Path

import pytest
from munbot_cli.commands import models
from munbot_cli.interpolation import read_env_file
from munbot_cli.main import app
from typer.testing import CliRunner

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A repository's settings of our own, with a folder of models."""
    made = tmp_path / "root"
    (made / "config").mkdir(parents=True)
    for name in ("config/.env.example", "config/native.yml", "docker-compose.yml"):
        (made / name).write_bytes((ROOT / name).read_bytes())
    (made / "var" / "models").mkdir(parents=True)
    (made / "var" / "models" / "tiny.gguf").write_bytes(b"GGUF and more")
    for name in ("LLM_MODEL", "LLM_MODEL_SHA256", "MUNBOT_MODELS_DIR", "LLM_MODEL_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MUNBOT_ROOT", str(made))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return made


@pytest.fixture
def trial(monkeypatch):
    """What the trial says; it remembers what it was given."""

    class Trial:
        def __init__(self):
            self.code, self.asked = 0, []

        def __call__(self, _project, file, **options):
            self.asked.append((file, options))
            return self.code

    made = Trial()
    monkeypatch.setattr(models, "evaluate_model", made)
    return made


def munbot(*arguments):
    return CliRunner().invoke(app, list(arguments))


def test_a_model_that_passes_is_set(root, trial):
    (root / ".env").write_text("MUNBOT_HTTP_PORT=9000  # mine\n")
    result = munbot("models", "use", "tiny.gguf")
    assert result.exit_code == 0, result.output
    settings = read_env_file(root / ".env")
    assert settings["LLM_MODEL"] == "tiny.gguf"
    assert len(settings["LLM_MODEL_SHA256"]) == 64
    assert settings["MUNBOT_HTTP_PORT"] == "9000"
    assert "MUNBOT_MODELS_DIR" not in settings, "the folder is the usual one"
    assert trial.asked[0][0] == (root / "var" / "models" / "tiny.gguf").resolve()
    assert "./munbot up" in result.output


def test_a_model_elsewhere_brings_its_folder(root, trial, tmp_path):
    elsewhere = tmp_path / "my models" / "own.gguf"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(b"GGUF own")
    assert munbot("models", "use", str(elsewhere)).exit_code == 0
    settings = read_env_file(root / ".env")
    assert settings["MUNBOT_MODELS_DIR"] == str(elsewhere.parent)
    assert settings["LLM_MODEL"] == "own.gguf"


def test_a_model_that_fails_is_not_set(root, trial):
    trial.code = 3
    result = munbot("models", "use", "tiny.gguf")
    assert result.exit_code != 0
    assert "--anyway" in str(result.exception)
    assert not (root / ".env").exists()


def test_a_model_that_fails_may_do_other_work(root, trial):
    trial.code = 3
    result = munbot("models", "use", "tiny.gguf", "--anyway")
    assert result.exit_code == 0
    assert "answers stay quoted" in result.output
    assert read_env_file(root / ".env")["LLM_MODEL"] == "tiny.gguf"


def test_a_model_that_could_not_be_tried_is_not_set_even_so(root, trial):
    trial.code = 1
    result = munbot("models", "use", "tiny.gguf", "--anyway")
    assert "could not be tried" in str(result.exception)
    assert not (root / ".env").exists()


def test_a_model_that_is_not_there(root, trial):
    assert munbot("models", "use", "qwen2.5-1.5b").exit_code == 1
    assert munbot("models", "use", "nothing.gguf").exit_code == 1
    (root / "var" / "models" / "page.gguf").write_bytes(b"<html>")
    assert munbot("models", "use", "page.gguf").exit_code == 1
    assert trial.asked == []
    assert not (root / ".env").exists()


def test_a_variable_that_wins_over_the_file_is_said(root, trial, monkeypatch):
    monkeypatch.setenv("LLM_MODEL", "other.gguf")
    assert "wins over" in munbot("models", "use", "tiny.gguf").output


def test_off_goes_back_to_quoting(root, trial):
    munbot("models", "use", "tiny.gguf")
    assert munbot("models", "off").exit_code == 0
    assert read_env_file(root / ".env")["LLM_MODEL"] == ""


def test_eval_model_tries_the_one_that_is_set(root, trial):
    assert "no model is set" in str(munbot("eval", "model").exception)
    (root / ".env").write_text("LLM_MODEL=tiny.gguf\n")
    trial.code = 3
    assert munbot("eval", "model", "--limit", "5", "--json").exit_code == 3
    file, options = trial.asked[0]
    assert file.name == "tiny.gguf"
    assert options == {"limit": 5, "as_json": True}


def test_the_trials_documents_and_questions_are_in_the_repository():
    assert (ROOT / models._DEMO).is_dir()
    assert (ROOT / models._QUESTIONS).is_file()
