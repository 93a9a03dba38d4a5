"""Run one check or one pytest suite, its output in a log file."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from munbot_cli.native.context import Context
from munbot_cli.native.machine import find_node, find_python, uv
from munbot_cli.project import Project
from munbot_cli.testing.results import Outcome, read_junit

__all__ = [
    "Suite",
    "chaos_suites",
    "container_suites",
    "n8n_suites",
    "platform_suites",
    "room_suites",
    "run_suite",
    "static_checks",
]


_SHORT_CHAOS = "80"
"""Messages: two citizens, and each victim killed once or twice."""

_PROCESSES = "2"
"""Of the rooms' tests."""

_ALIKE = (
    "looks",
    "notices",
    "panel_agenda",
    "panel_complaints",
    "panel_inbox",
    "panel_looks",
    "panel_markup",
    "panel_office",
    "panel_webhooks",
    "thumbs",
)
"""Browser tests that containers cannot change: the same pages ask the same services. They run without containers."""


@dataclass(frozen=True)
class Suite:
    """Something to run.

    Args:
        name: for people.
        command: program and arguments.
        junit: pytest writes a report; otherwise the exit code is the one result.
        cwd: working folder.
        environment: variables added to this process's own.
        applies: whether there is anything to run.
    """

    name: str
    command: tuple[str, ...]
    junit: bool = False
    cwd: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    applies: Callable[[], bool] = lambda: True


def run_suite(suite: Suite, reports: Path, environment: Mapping[str, str]) -> Outcome:
    """Run a suite to its end.

    Args:
        suite: what to run.
        reports: folder for logs and JUnit files.
        environment: addresses of the test instance.
    """
    slug = suite.name.replace(" ", "-").replace("/", "-")
    log, xml = reports / f"{slug}.log", reports / f"{slug}.xml"
    xml.unlink(missing_ok=True)
    command: Sequence[str] = [*suite.command, f"--junitxml={xml}"] if suite.junit else suite.command
    started = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        try:
            code = subprocess.run(
                list(command),
                cwd=suite.cwd,
                env={**os.environ, **environment, **suite.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        except OSError as error:
            output.write(f"{command[0]}: {error.strerror}\n")
            code = 127
    if suite.junit:
        outcome = read_junit(xml, suite.name, exit_code=code)
    elif code:
        outcome = Outcome(suite.name, failed=1, problems=[f"the check ended with code {code}"])
    else:
        outcome = Outcome(suite.name, passed=1)
    outcome.seconds, outcome.log = time.monotonic() - started, log
    return outcome


def static_checks(project: Project) -> list[Suite]:
    """List what needs no running server: style, types, layers, and the front end's own checks."""
    root = project.root
    tools = Path(sys.executable).parent
    sources = workspace_sources(root)
    packages = [argument for folder in sources for name in _packages(folder) for argument in ("-p", name)]
    linter = "[tool.importlinter" in (root / "pyproject.toml").read_text(encoding="utf-8")
    linter = linter or (root / ".importlinter").is_file()
    checks = [
        Suite("ruff check", (str(tools / "ruff"), "check", "."), cwd=root),
        Suite("ruff format", (str(tools / "ruff"), "format", "--check", "."), cwd=root),
        Suite(
            "mypy",
            (str(tools / "mypy"), *packages),
            cwd=root,
            # One run over all packages: their imports of one another are checked from source, once.
            environment={"MYPYPATH": os.pathsep.join(map(str, sources))},
        ),
        Suite("import-linter", (str(tools / "lint-imports"),), cwd=root, applies=lambda: linter),
    ]
    return [check for check in checks if check.applies()] + _frontend_checks(project)


def room_suites(project: Project, *, fast: bool) -> list[Suite]:
    """List the rooms' own tests: all of them, or the unit tests alone."""
    root = project.root
    # They wait for servers most of the time. What a file's tests share, they share in one process.
    pytest = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", _PROCESSES, "--dist", "loadfile")
    suites = [Suite("rooms", pytest, junit=True, cwd=root)]
    if fast:
        folders = sorted(str(path) for pattern in ("*/tests/unit", "*/*/tests/unit") for path in root.glob(pattern))
        suites = [Suite("rooms", (*pytest, *folders), junit=True, cwd=root)]
    rasa = root / "rasa-core"
    if any((rasa / "tests").rglob("test_*.py")):
        python = str(rasa / ".venv" / "bin" / "python")
        suites.append(
            Suite("rasa-core", (python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"), junit=True, cwd=rasa)
        )
    return suites


def platform_suites(project: Project) -> list[Suite]:
    """List the tests that ask the whole running platform; of chaos a short one."""
    chaos = [replace(suite, environment={"MUNBOT_CHAOS_MESSAGES": _SHORT_CHAOS}) for suite in chaos_suites(project)]
    return [*_folders(project, ("contract", "dialogues", "e2e", "browser")), *chaos]


def n8n_suites(project: Project) -> list[Suite]:
    """List the tests that need n8n beside the platform."""
    return _folders(project, ("n8n",))


def container_suites(project: Project) -> list[Suite]:
    """List the tests that ask the platform in containers: what people do through nginx, then the containers' own."""
    alike = [f"--ignore={project.root / 'tests' / 'browser' / f'test_{name}.py'}" for name in _ALIKE]
    suites = _folders(project, ("dialogues", "e2e", "browser", "containers"))
    return [
        replace(suite, command=(*suite.command, *alike)) if suite.name == "tests/browser" else suite for suite in suites
    ]


def chaos_suites(project: Project) -> list[Suite]:
    """List the tests that kill processes for minutes on end."""
    return _folders(project, ("chaos",))


def _folders(project: Project, names: Sequence[str]) -> list[Suite]:
    pytest = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    folders = [project.root / "tests" / name for name in names]
    return [
        Suite(f"tests/{folder.name}", (*pytest, str(folder)), junit=True, cwd=project.root)
        for folder in folders
        if any(folder.rglob("test_*.py"))
    ]


def prepare_tools(project: Project, *, rasa: bool = True) -> None:
    """Bring the test tools into the workspace's environment, and into Rasa's own."""
    root = project.root
    subprocess.run(
        [uv(), "sync", "--frozen", "--all-packages", "--extra=voice", "--inexact", "--quiet", "--project", str(root)],
        env={**os.environ, "VIRTUAL_ENV": ""},
        check=True,
    )
    if rasa and any((root / "rasa-core" / "tests").rglob("test_*.py")):
        python = find_python(project.settings.get("RASA_PYTHON", "3.10"))
        subprocess.run(
            [
                uv(),
                "sync",
                "--frozen",
                "--inexact",
                "--quiet",
                "--project",
                "rasa-core",
                "--python",
                python,
            ],
            cwd=root,
            env={**os.environ, "VIRTUAL_ENV": ""},
            check=True,
        )


def workspace_sources(root: Path) -> list[Path]:
    """Find the source folders of the workspace's packages, Rasa's own project excepted."""
    found = [path for pattern in ("*/src", "*/*/src") for path in sorted(root.glob(pattern))]
    return [path for path in found if path.parent != root / "rasa-core" and _packages(path)]


def _packages(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("munbot_*") if (path / "__init__.py").is_file())


def _frontend_checks(project: Project) -> list[Suite]:
    folder = project.root / "web-interface" / "frontend"
    if not (folder / "package.json").is_file():
        return []
    node = find_node(Context(project))
    environment = {"PATH": f"{node}{os.pathsep}{os.environ.get('PATH', os.defpath)}", "CI": "1"}
    return [
        Suite(
            f"frontend {script}",
            (str(node / "npm"), "run", "--if-present", script),
            cwd=folder,
            environment=environment,
        )
        for script in ("lint", "typecheck", "test")
    ]
