"""The engine of language models: made once, whole or not at all, by one builder at a time."""

import os
import subprocess
import threading
import time
import zipfile
from pathlib import Path

import pytest
from munbot_cli.errors import MunbotError
from munbot_cli.native import llama
from munbot_cli.native.llama import BuildUnderWay, EngineBuild, check_compiler, ensure_engine_in_background, link_engine
from munbot_cli.project import Project

VERSION = "9.9.9"


def put_wheel(cache):
    """Make a wheel as small as can be."""
    folder = cache / "wheels"
    folder.mkdir(parents=True)
    path = folder / f"llama_cpp_python-{VERSION}-py3-none-{llama._platform()}.whl"
    info = f"llama_cpp_python-{VERSION}.dist-info"
    files = {
        "llama_cpp/__init__.py": "word = 'here'\n",
        f"{info}/METADATA": (
            f"Metadata-Version: 2.1\nName: llama-cpp-python\nVersion: {VERSION}\nRequires-Dist: numpy\n"
        ),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        wheel.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]))
    return path


@pytest.fixture
def build(tmp_path):
    put_wheel(tmp_path)
    return EngineBuild(tmp_path, VERSION, runtime=())


def test_a_cached_wheel_is_installed_without_its_numpy(build):
    assert build.ensure() == "installed"
    assert (build.folder / "llama_cpp" / "__init__.py").is_file()
    assert not (build.folder / "numpy").exists()
    assert build.ensure() == "unchanged"


def test_the_folder_is_there_whole_or_not_at_all(build):
    broken = build.wheel()
    broken.write_bytes(b"no wheel")
    with pytest.raises(MunbotError, match="installing llama-cpp-python failed"):
        build.ensure()
    assert not build.folder.exists()
    broken.unlink()
    broken.parent.rmdir()
    put_wheel(build.cache)
    assert build.ensure() == "installed"


def test_without_a_wheel_nobody_compiles_unasked(tmp_path):
    with pytest.raises(MunbotError, match="models engine"):
        EngineBuild(tmp_path, VERSION).ensure(compile_missing=False)


def test_two_builders_install_once(build):
    done = []
    threads = [threading.Thread(target=lambda: done.append(build.ensure())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == ["installed", "unchanged", "unchanged"]


def test_a_builder_that_may_not_wait_says_so(build):
    with build._lock(wait=True), pytest.raises(BuildUnderWay, match="being built already"):
        build.ensure(wait=False)


def test_a_missing_compiler_names_the_package(tmp_path, monkeypatch):
    with pytest.raises(MunbotError, match="build-essential"):
        check_compiler({"PATH": str(tmp_path)})
    check_compiler({"PATH": str(tmp_path), "CC": "/opt/cc", "CXX": "/opt/c++"})
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(MunbotError, match="C compiler and a C"):
        EngineBuild(tmp_path, VERSION).ensure()


def test_another_version_has_a_folder_of_its_own(tmp_path):
    assert EngineBuild(tmp_path, "1").folder != EngineBuild(tmp_path, "2").folder


# ---- the instance's link, and the build in the background


@pytest.fixture
def project(tmp_path):
    root = Path(__file__).parents[3]
    made = tmp_path / "root"
    (made / "config").mkdir(parents=True)
    for name in ("config/.env.example", "config/native.yml", "docker-compose.yml"):
        (made / name).write_bytes((root / name).read_bytes())
    return lambda **settings: Project.load("engine-test", root=made, environment=settings)


def test_the_link_is_moved_in_one_piece(project, build):
    instance = project()
    build.ensure()
    link_engine(instance, build)
    link = instance.root / "var" / "llm-engine"
    assert (link / "llama_cpp").is_dir()
    other = EngineBuild(build.cache, "8.8.8")
    other.folder.mkdir(parents=True)
    link_engine(instance, other)
    assert link.resolve() == other.folder.resolve()


def test_an_empty_folder_in_the_links_place_gives_way(project, build):
    instance = project()
    (instance.root / "var" / "llm-engine").mkdir(parents=True)
    link_engine(instance, build)
    assert (instance.root / "var" / "llm-engine").is_symlink()


def test_without_a_model_nothing_is_built(project, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", lambda *_a, **_k: pytest.fail("started"))
    assert ensure_engine_in_background(project()) == ""


def test_a_model_by_path_is_a_folder_and_a_name(project, tmp_path):
    instance = project(LLM_MODEL_PATH=str(tmp_path / "m" / "x.gguf"))
    assert instance.variables["MUNBOT_MODELS_DIR"] == str(tmp_path / "m")
    assert instance.variables["LLM_MODEL"] == "x.gguf"


def test_with_a_model_the_build_begins_once_and_ends_with_down(project, tmp_path, monkeypatch):
    """A stand-in for uv hangs as a compiler would."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "uv").write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && exit 0\necho $$ > {tmp_path}/compiler\nexec sleep 300\n'
    )
    (programs / "uv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    instance = project(LLM_MODEL="x.gguf", LLAMA_CPP_PYTHON_VERSION=VERSION)
    monkeypatch.setenv("LLAMA_CPP_PYTHON_VERSION", VERSION)
    try:
        assert "in the background" in ensure_engine_in_background(instance)
        first = llama._running(instance)
        assert first is not None
        assert "in the background" in ensure_engine_in_background(instance)
        assert llama._running(instance) == first
        (instance.run / "llm-engine.pid").write_text(f"{first.pid} {first.create_time() + 2}\n")  # the clock was set
        assert llama._running(instance) == first
        deadline = time.monotonic() + 30
        while not (tmp_path / "compiler").is_file() and time.monotonic() < deadline:
            time.sleep(0.05)
        compiler = int((tmp_path / "compiler").read_text())
    finally:
        llama.stop_background_build(instance)
    assert llama._running(instance) is None
    deadline = time.monotonic() + 10
    while Path(f"/proc/{compiler}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{compiler}").exists()


def test_a_pid_that_is_somebody_elses_by_now_is_left_alone(project):
    instance = project()
    instance.run.mkdir(parents=True)
    (instance.run / "llm-engine.pid").write_text(f"{os.getpid()} 1.5\n")
    llama.stop_background_build(instance)  # we are still here
    assert llama._running(instance) is None


def test_the_version_is_the_locks():
    lock = (Path(__file__).parents[3] / "uv.lock").read_text(encoding="utf-8")
    assert f'name = "llama-cpp-python"\nversion = "{llama.DEFAULT_VERSION}"' in lock
