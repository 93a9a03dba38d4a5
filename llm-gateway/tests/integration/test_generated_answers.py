"""A real model that writes nonsense: `eval model` says so, and none of its words reaches a citizen."""

import asyncio
import json
import threading
import time
from contextlib import contextmanager

import pytest
from munbot_llm.answers.generation import GroundedGenerator
from munbot_llm.answers.generation_commands import IMPOSSIBLE, NOT_PASSED, main
from munbot_llm.answers.generation_model import ModelTalker
from munbot_llm.answers.grounding import check
from munbot_llm.answers.models import Mode
from munbot_llm.answers.service import AnswerService
from munbot_llm.evaluation.questions import read_documents
from munbot_llm.models.approval import Approval, EvaluationRecord, read_record, write_record
from munbot_llm.models.files import sha256_of
from munbot_llm.models.service import ModelService, build_model
from munbot_llm.retrieval.cache import EmbeddingCache
from munbot_llm.retrieval.embedder import Embedder
from munbot_llm.retrieval.index import TenantIndex
from munbot_llm.settings import AnswerSettings

DOCUMENTS = {
    "licencia.md": "# Renovar la licencia de conducir\n\n## Costo\n\nRenovar la licencia de conducir cuesta 0,5 UTM.\n",
    "feria.md": "# Feria libre\n\n## Horario\n\nLa feria libre funciona los domingos de 8:00 a 15:00 en la plaza.\n",
    "perros.md": "# Mascotas\n\n## Multas\n\nPasear un perro sin correa se multa con 2 UTM en la comuna.\n",
    "biblioteca.md": "# Biblioteca\n\n## Préstamos\n\nLa biblioteca presta hasta tres libros por quince días.\n",
}
QUESTIONS = [
    ("¿Cuánto cuesta renovar la licencia de conducir?", [["0,5 UTM"]]),
    ("¿Qué días funciona la feria libre?", [["domingo"]]),
    ("¿De cuánto es la multa por pasear un perro sin correa?", [["2 UTM"]]),
    ("¿Cuántos libros presta la biblioteca?", [["tres"]]),
    ("¿Cuánto vale una sepultura en el cementerio?", None),
    ("¿Dónde se inscribe a un niño en la sala cuna?", None),
]


@pytest.fixture
def model(smollm2_path, tmp_path):
    """The model with a folder of its own, so that records do not stay."""
    folder = tmp_path / "models"
    folder.mkdir()
    path = folder / smollm2_path.name
    path.symlink_to(smollm2_path)
    return path


@pytest.fixture
def documents(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def questions(tmp_path):
    file = tmp_path / "questions.jsonl"
    lines = [{"question": q, "answerable": bool(groups), "must_contain": groups or []} for q, groups in QUESTIONS]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return file


@contextmanager
def running(settings):
    """The model's service, ready, with its loop in a thread as in the gateway."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    models = ModelService(build_model(settings))
    asyncio.run_coroutine_threadsafe(models.start(), loop).result(60)
    try:
        deadline = time.monotonic() + 120
        while not models.ready and time.monotonic() < deadline:
            time.sleep(0.05)
        assert models.ready, models.status
        yield models
    finally:
        asyncio.run_coroutine_threadsafe(models.close(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


def test_eval_model_fails_the_plumbing_model_and_says_why(
    model, documents, questions, engine_path, monkeypatch, capsys
):
    monkeypatch.setenv("LLM_ENGINE_PATH", str(engine_path))
    code = main([str(model), "--documents", str(documents), "--questions", str(questions), "--json"])
    assert code == NOT_PASSED
    said = json.loads(capsys.readouterr().out)
    record = read_record(model)
    assert said["passed"] is record.passed is False
    assert record.sha256 == sha256_of(model)
    assert record.measured["questions"] == len(QUESTIONS)
    assert record.measured["tokens_per_second"] > 0
    assert any(not criterion["met"] for criterion in record.criteria.values())
    assert record.measured["invented_after_guard"] == 0


def test_eval_model_says_what_stands_in_its_way(documents, questions, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LLM_ENGINE_PATH", str(tmp_path))
    file = tmp_path / "broken.gguf"
    file.write_bytes(b"GGUF but no model")
    given = ["--documents", str(documents), "--questions", str(questions)]
    assert main([str(file), *given]) == IMPOSSIBLE
    assert main([str(tmp_path / "nowhere.gguf"), *given]) == IMPOSSIBLE
    assert read_record(file) is None
    assert "nowhere.gguf" in capsys.readouterr().err


@pytest.mark.parametrize("record", ["none", "failed", "of_another_file"])
def test_the_plumbing_models_words_never_reach_a_citizen(model, documents, engine_path, tmp_path, record):
    if record != "none":
        sha256 = sha256_of(model) if record == "failed" else "a" * 64
        write_record(model, EvaluationRecord(sha256, model.name, passed=record != "failed"))
    settings = AnswerSettings(llm_model_path=model, llm_engine_path=engine_path, llm_context_tokens=2048)
    embeddings = EmbeddingCache(tmp_path / "embeddings.sqlite", Embedder())
    passages = read_documents(documents)
    index = TenantIndex.build(passages, embeddings)
    with running(settings) as models:
        asked = []
        complete = models.complete_from_thread
        models.complete_from_thread = lambda *given: asked.append(given) or complete(*given)
        approval = Approval(model)
        approval.refusal()
        if approval._looking:
            approval._looking.join(60)
        service = AnswerService(GroundedGenerator(ModelTalker(models, approval, seconds=20)))
        modes = [service.answer(index, question).mode for question, _ in QUESTIONS]
    embeddings.close()
    assert Mode.GENERATED not in modes
    assert asked == [], "a model that has not passed is not even asked"


def test_and_were_it_asked_the_guard_would_stand_between(model, documents, engine_path):
    """Whatever is let through is borne out by the passages, as the guard judges it anew."""
    passages = read_documents(documents)
    settings = AnswerSettings(llm_model_path=model, llm_engine_path=engine_path, llm_context_tokens=2048)
    with running(settings) as models:
        generator = GroundedGenerator(ModelTalker(models, Approval(None), seconds=60))
        attempts = [generator.attempt(question, passages[:3]) for question, _ in QUESTIONS]
        assert generator.generate(QUESTIONS[0][0], passages, []) is None
    assert all(attempt.completion for attempt in attempts), "the engine works"
    assert all(check(attempt.text, passages[:3]).ok for attempt in attempts if attempt.text)
