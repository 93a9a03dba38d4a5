import subprocess
import sys
from pathlib import Path

import pytest
from munbot_rasa.comparison import Phrase, read_phrases, score
from munbot_rasa.project import Project, find_project


def make(tmp_path: Path) -> Project:
    (tmp_path / "domain").mkdir()
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "config.yml").write_text("recipe: default.v1\n")
    (tmp_path / "domain" / "nlu.yml").write_text("intents: []\n")
    (tmp_path / "data" / "nlu" / "greet.yml").write_text("nlu: []\n")
    return Project(home=tmp_path, models=tmp_path / "models")


@pytest.mark.parametrize("changed", ["config.yml", "domain/nlu.yml", "data/nlu/greet.yml", "data/new.yml"])
def test_the_hash_follows_every_input(tmp_path: Path, changed: str) -> None:
    project = make(tmp_path)
    before = project.inputs_hash()
    assert before == project.inputs_hash()
    (tmp_path / changed).write_text("something else\n")
    assert project.inputs_hash() != before


def test_the_hash_ignores_what_the_model_does_not_read(tmp_path: Path) -> None:
    project = make(tmp_path)
    before = project.inputs_hash()
    (tmp_path / "README.md").write_text("words\n")
    (tmp_path / "data" / "notes.txt").write_text("words\n")
    assert project.inputs_hash() == before


def test_a_model_is_current_only_for_its_inputs(tmp_path: Path) -> None:
    project = make(tmp_path)
    assert not project.is_current()
    project.models.mkdir()
    project.model.write_bytes(b"model")
    project.hash_file.write_text(project.inputs_hash() + "\n")
    assert project.is_current()
    project.config.write_text("other\n")
    assert not project.is_current()


def test_the_command_prints_the_hash() -> None:
    command = [sys.executable, "-m", "munbot_rasa", "inputs-hash"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert printed == find_project().inputs_hash()


def test_rasa_starts_without_tensorflow() -> None:
    code = (
        "from munbot_rasa.serving.server import prepare_process; prepare_process()\n"
        "import sys, rasa.core.run, rasa.model_training, rasa.engine.recipes.default_components as components\n"
        "import tensorflow\n"
        "from munbot_rasa.without_tensorflow import TensorFlowMissingError, _Module\n"
        "loaded = [module for name, module in sys.modules.items() if name.partition('.')[0] == 'tensorflow']\n"
        "assert loaded and all(isinstance(module, _Module) for module in loaded)\n"
        "try:\n    tensorflow.constant(1)\n"
        "except TensorFlowMissingError:\n    print('refused')\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "refused"


def test_scores_count_what_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "phrases.jsonl"
    file.write_text(
        '{"text": "hola", "accept": ["greet"]}\n\n{"text": "x", "accept": ["out_of_scope", "ask_procedure"]}\n'
    )
    phrases = read_phrases(file)
    assert phrases[1] == Phrase("x", ("out_of_scope", "ask_procedure"))
    figures = score(phrases, ["nlu_fallback", "ask_procedure"], [0.001, 0.003], 100.0)
    assert (figures.accuracy, figures.out_of_scope_recall, figures.fallbacks) == (0.5, 0.0, 1)
    assert figures.p95 == pytest.approx(3.0)
