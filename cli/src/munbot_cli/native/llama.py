"""The engine of language models: llama-cpp-python, compiled once for a machine and kept outside of the checkout.

PyPI has it as source only, and compiling takes five to six minutes on two cores, so the wheel is kept in the user's
cache, where every checkout finds it. Nothing waits for it: the gateway looks into its engine folder now and then.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from munbot_cli.errors import MunbotError
from munbot_cli.native.context import run_logged
from munbot_cli.native.machine import locked, uv
from munbot_cli.project import Project

__all__ = ["BuildUnderWay", "EngineBuild", "ensure_engine_in_background", "stop_background_build"]

CMAKE_ARGS = "-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF"  # runs on other machines of its kind, and has no pictures to look at
RUNTIME = ("diskcache>=5.6.1", "jinja2>=2.11.3", "typing-extensions>=4.5")  # numpy is the gateway's own
DEFAULT_VERSION = "0.3.36"
_READY = ".munbot-ready"
_PID = "llm-engine.pid"
_CLOCK_SECONDS = 5  # a moment of the past moves when the machine's clock is set


class BuildUnderWay(MunbotError):
    """Somebody else is compiling the engine just now."""


@dataclass(frozen=True)
class EngineBuild:
    """Where one version of the engine is made and kept.

    Args:
        cache: the user's cache, shared by every checkout.
        version: of llama-cpp-python.
        runtime: requirements installed beside it.
    """

    cache: Path
    version: str = DEFAULT_VERSION
    runtime: Sequence[str] = RUNTIME

    @classmethod
    def of(cls, project: Project) -> EngineBuild:
        """Give the build that an instance's settings ask for."""
        return cls(project.cache, project.settings.get("LLAMA_CPP_PYTHON_VERSION") or DEFAULT_VERSION)

    @property
    def folder(self) -> Path:
        """Give the folder of the installed engine, one for each version, Python and platform."""
        python = f"cp{sys.version_info.major}{sys.version_info.minor}"
        return self.cache / "llm-engine" / f"llama-cpp-python-{self.version}-{python}-{_platform()}"

    @property
    def log(self) -> Path:
        """Give the log of compiling and installing."""
        return self.cache / "llm-engine" / "build.log"

    @property
    def ready(self) -> bool:
        """Tell whether the engine is installed."""
        return (self.folder / _READY).is_file()

    def wheel(self) -> Path | None:
        """Find the compiled wheel."""
        found = (self.cache / "wheels").glob(f"llama_cpp_python-{self.version}-*-{_platform()}.whl")
        return next(iter(sorted(found)), None)

    def ensure(self, *, wait: bool = True, compile_missing: bool = True) -> str:
        """Compile and install what is missing; whoever looks meanwhile sees nothing or all of it.

        Args:
            wait: wait for another builder, else raise.
            compile_missing: compile where there is no wheel, else raise.

        Returns:
            What was done, in one word.

        Raises:
            BuildUnderWay: another process builds and `wait` is off.
            MunbotError: a compiler, the network or the wheel is missing, or the build failed; the log is named.
        """
        if self.ready:
            return "unchanged"
        with self._lock(wait=wait):
            if self.ready:  # by whom we waited for
                return "unchanged"
            wheel, done = self.wheel(), "installed"
            if wheel is None:
                if not compile_missing:
                    raise MunbotError("the language model's engine is not compiled yet: ./munbot models engine does it")
                wheel, done = self._compile(), "compiled"
            self._install(wheel)
        return done

    @contextlib.contextmanager
    def _lock(self, *, wait: bool) -> Iterator[None]:
        path = self.folder.with_name(f"{self.folder.name}.lock")
        if wait:
            with locked(path):
                yield
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BuildUnderWay("the language model's engine is being built already", log=self.log) from error
            yield

    def _compile(self) -> Path:
        check_compiler(os.environ)
        wheels = self.cache / "wheels"
        aside = wheels / f".building-{self.version}"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        requirement = f"llama-cpp-python=={self.version}"
        # cmake and ninja come from PyPI by the build's own requirements where the machine has none.
        command = ["uv", "tool", "run", "--python", sys.executable, "--from", "pip", "pip", "wheel", "--no-deps"]
        options = ["--no-cache-dir", "--no-binary", "llama-cpp-python", "--wheel-dir", str(aside), requirement]
        try:
            run_logged(
                [uv(), *command[1:], *options],
                log=self.log,
                what="compiling llama-cpp-python",
                environment={"CMAKE_ARGS": CMAKE_ARGS, "VIRTUAL_ENV": ""},
            )
            made = next(iter(aside.glob("llama_cpp_python-*.whl")), None)
            if made is None:
                raise MunbotError("compiling llama-cpp-python left no wheel", log=self.log)
            return made.replace(wheels / made.name)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _install(self, wheel: Path) -> None:
        aside = self.folder.with_name(f".{self.folder.name}.partial")
        shutil.rmtree(aside, ignore_errors=True)
        log = self.log.with_name("install.log")
        install = [uv(), "pip", "install", "-q", "--python", sys.executable, "--target", str(aside)]
        run_logged([*install, "--no-deps", str(wheel)], log=log, what="installing llama-cpp-python")
        if self.runtime:
            run_logged([*install, *self.runtime], log=log, what="installing what llama-cpp-python needs")
        (aside / _READY).write_text(f"{wheel.name}\n", encoding="utf-8")
        shutil.rmtree(self.folder, ignore_errors=True)
        aside.rename(self.folder)


def check_compiler(environment: Mapping[str, str]) -> None:
    """Refuse to begin without a C and a C++ compiler.

    Args:
        environment: CC, CXX and PATH.

    Raises:
        MunbotError: naming the Debian package.
    """
    path = environment.get("PATH", os.defpath)

    def found(variable: str, *names: str) -> bool:
        return bool(environment.get(variable)) or any(shutil.which(name, path=path) for name in names)

    missing = [
        what
        for what, there in (
            ("a C compiler", found("CC", "cc", "gcc", "clang")),
            ("a C++ compiler", found("CXX", "c++", "g++", "clang++")),
        )
        if not there
    ]
    if missing:
        raise MunbotError(
            f"compiling the language model's engine needs {' and '.join(missing)}: "
            "sudo apt-get install -y build-essential (cmake and ninja come from PyPI)"
        )


def link_engine(project: Project, build: EngineBuild) -> None:
    """Let the folder that native processes know as LLM_ENGINE_PATH be the engine, in one rename."""
    link = project.root / "var" / "llm-engine"
    if link.is_symlink() and link.readlink() == build.folder:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    fresh = link.with_name(f".llm-engine-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(build.folder, target_is_directory=True)
    if link.is_dir() and not link.is_symlink():
        link.rmdir()  # an empty folder that somebody made for the mount; a full one is theirs and says so
    fresh.replace(link)


def ensure_engine_in_background(project: Project) -> str:
    """See to the engine without waiting, where a GGUF model is set; the gateway switches on when it is there.

    Returns:
        A line for the person at the terminal; empty where nothing is to be done.
    """
    settings = project.settings
    if not (settings.get("LLM_MODEL") or settings.get("LLM_MODEL_PATH")):
        return ""
    build = EngineBuild.of(project)
    if build.ready:
        link_engine(project, build)
        return ""
    if _running(project) is None:
        build.log.parent.mkdir(parents=True, exist_ok=True)
        log = project.log("llm-engine")
        log.parent.mkdir(parents=True, exist_ok=True)
        project.run.mkdir(parents=True, exist_ok=True)
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                ["nice", "-n", "10", sys.executable, "-m", "munbot_cli", "models", "engine"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "MUNBOT_ROOT": str(project.root)},
            )
        began = psutil.Process(process.pid).create_time()  # by which a number that was given again is known
        (project.run / _PID).write_text(f"{process.pid} {began!r}\n", encoding="utf-8")
    return (
        "The language model's engine is being made ready in the background (compiling takes some six minutes, "
        f"log: {build.log}); until then answers are quoted from the documents."
    )


def stop_background_build(project: Project) -> None:
    """End the build that this instance's start began, with its compilers."""
    process = _running(project)
    (project.run / _PID).unlink(missing_ok=True)
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    _, left = psutil.wait_procs([process], timeout=5)
    if left:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _running(project: Project) -> psutil.Process | None:
    """Find the background build by its pid file, unless the number belongs to somebody else by now."""
    try:
        pid, began = (project.run / _PID).read_text(encoding="utf-8").split()
        process = psutil.Process(int(pid))
        same = abs(process.create_time() - float(began)) < _CLOCK_SECONDS
        ours = process.status() != psutil.STATUS_ZOMBIE and same
    except (OSError, ValueError, psutil.Error):
        return None
    return process if ours else None


def _platform() -> str:
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")
