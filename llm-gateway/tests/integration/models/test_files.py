"""GGUF files that are not what they should be, and an engine that comes later."""

import hashlib
import shutil

import pytest
from munbot_llm.models.chat import ModelState
from munbot_llm.models.problems import ModelUnavailable

from .test_openai import ask


@pytest.fixture
def with_file(make_gateway, engine_path):
    def make(path, **fields):
        return make_gateway(
            llm_model_path=path, **{"llm_engine_path": engine_path, "llm_context_tokens": 512, **fields}
        )

    return make


@pytest.fixture(scope="module")
def without_template(smollm2_path, tmp_path_factory):
    """The model with its chat template under another name."""
    path = tmp_path_factory.mktemp("gguf") / "sin-plantilla.gguf"
    content = smollm2_path.read_bytes()
    name = b"tokenizer.chat_template"
    assert content.count(name) == 1
    path.write_bytes(content.replace(name, b"tokenizer.shut_template"))
    return path


def failed_for(gateway, reason):
    gateway.wait_for(ModelState.FAILED)
    assert gateway.service.status.reason == reason
    return True


def test_the_right_checksum(with_file, smollm2_path):
    checksum = hashlib.sha256(smollm2_path.read_bytes()).hexdigest().upper()
    with with_file(smollm2_path, llm_model_sha256=checksum) as gateway:
        gateway.wait_for(ModelState.READY)


def test_a_wrong_checksum(with_file, smollm2_path, make_client):
    with with_file(smollm2_path, llm_model_sha256="0" * 64) as gateway:
        assert failed_for(gateway, "checksum_mismatch")
        assert gateway.pid is None
        assert gateway.service._model._hold() == "checksum_mismatch"  # not read again while the file is the same
        with make_client(gateway) as client, pytest.raises(Exception, match="no está disponible") as refused:
            ask(client)
        assert refused.value.response.json()["reason"] == "checksum_mismatch"


def test_a_file_that_is_replaced_is_looked_at_again(with_file, smollm2_path, tmp_path):
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF and then nothing of the kind")
    checksum = hashlib.sha256(smollm2_path.read_bytes()).hexdigest()
    with with_file(path, llm_model_sha256=checksum) as gateway:
        gateway.service._model._process._hold_seconds = 0.1
        assert failed_for(gateway, "checksum_mismatch")
        shutil.copyfile(smollm2_path, path)
        assert gateway.service._model._hold() is None


def test_without_a_chat_template(with_file, without_template):
    with with_file(without_template) as gateway:
        assert failed_for(gateway, "chat_template_missing")


def test_not_a_gguf_at_all(with_file, tmp_path):
    path = tmp_path / "nota.gguf"
    path.write_text("Esto es una nota", encoding="utf-8")
    with with_file(path) as gateway:
        assert failed_for(gateway, "not_gguf")


def test_half_a_file(with_file, smollm2_path, tmp_path):
    path = tmp_path / "medio.gguf"
    path.write_bytes(smollm2_path.read_bytes()[:50_000_000])
    with with_file(path) as gateway:
        assert failed_for(gateway, "model_unreadable")


def test_no_file(with_file, tmp_path):
    with with_file(tmp_path / "no-existe.gguf") as gateway:
        assert failed_for(gateway, "model_missing")


def test_an_engine_that_comes_later(with_file, smollm2_path, engine_path, tmp_path):
    folder = tmp_path / "engine"
    with with_file(smollm2_path, llm_engine_path=folder) as gateway:
        gateway.wait_for(ModelState.ENGINE_MISSING)
        assert gateway.pid is None
        gateway.service._model._process._hold_seconds = 0.1
        folder.symlink_to(engine_path)
        gateway.wait_for(ModelState.READY)


def test_half_an_engine_is_none(with_file, smollm2_path, tmp_path):
    (tmp_path / "llama_cpp").mkdir()
    (tmp_path / "llama_cpp" / "__init__.py").write_text("raise ImportError('lib/libllama.so is not there yet')")
    with with_file(smollm2_path, llm_engine_path=tmp_path) as gateway:
        gateway.wait_for(ModelState.ENGINE_MISSING)


def test_from_a_thread_of_its_own(gateway):
    """As the answers' code asks, which runs in threads."""
    from munbot_llm.models.chat import ChatMessage, ChatOptions
    from munbot_llm.processes import Deadline

    messages = [ChatMessage("user", "Hola")]
    answer = gateway.service.complete_from_thread(messages, ChatOptions(max_tokens=3), Deadline(60))
    assert answer.usage.completion_tokens == 3


def test_without_a_model_the_service_says_so():
    import asyncio

    from munbot_llm.models.chat import ChatMessage, ChatOptions
    from munbot_llm.models.service import ModelService

    service = ModelService(None)
    assert service.status.state is ModelState.ABSENT
    with pytest.raises(ModelUnavailable):
        asyncio.run(service.complete([ChatMessage("user", "Hola")], ChatOptions()))
    with pytest.raises(ModelUnavailable):
        asyncio.run(service.count_tokens([ChatMessage("user", "Hola")]))
