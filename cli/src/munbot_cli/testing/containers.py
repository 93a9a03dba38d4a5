"""The whole platform in containers of its own: build, start, ask, stop."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from munbot_cli.errors import MunbotError
from munbot_cli.ports import port_is_taken
from munbot_cli.progress import console
from munbot_cli.project import HIGHEST_PORT, Project
from munbot_cli.testing.results import Outcome
from munbot_cli.testing.show import run, show
from munbot_cli.testing.stack import TEST_SETTINGS, Stack
from munbot_cli.testing.suites import container_suites

__all__ = ["free_port", "run_containers"]

_MINUTES = 30
_MINUTE = 60


def run_containers(project: Project, reports: Path, *, chromium: str, keep: bool) -> list[Outcome]:
    """Build every image, bring the platform up as a new user would, and ask it everything.

    Args:
        project: gives the compose project its name, first ports and the folder for its secrets.
        reports: folder for logs and JUnit files.
        chromium: path of the browser.
        keep: leave the platform running.
    """
    stack = _new_stack(project)
    stack.down()
    outcomes: list[Outcome] = []
    try:
        for name, arguments in (("image build", ("build",)), ("containers start", ("up", "-d", "--wait"))):
            outcomes.append(_compose(stack, name, arguments, reports))
            if outcomes[-1].failed:
                return outcomes
        environment = _environment(project, stack) | {"MUNBOT_TEST_CHROMIUM": chromium}
        for suite in container_suites(project):  # one by one: those before an interruption count
            outcomes.append(run(suite, reports, environment))  # noqa: PERF401
    finally:
        if any(outcome.failed for outcome in outcomes):
            log = stack.run("logs", "--no-color", "--timestamps", check=False).stdout
            (reports / "containers.log").write_text(log, encoding="utf-8")
        if keep:
            console.print(f"The containers go on: docker compose -p {stack.name} down --volumes removes them.")
        else:
            stack.down()
    return outcomes


def free_port(first: int, *, but: tuple[int, ...] = ()) -> int:
    """Find a port that nobody listens on.

    Args:
        first: where to begin looking.
        but: ports that are spoken for.

    Raises:
        MunbotError: none is left below the kernel's own range.
    """
    for port in range(first, HIGHEST_PORT):
        if port not in but and not port_is_taken(port, "0.0.0.0"):  # noqa: S104 - where compose publishes
            return port
    raise MunbotError(f"no port is free from {first} on")


def _new_stack(project: Project) -> Stack:
    http = free_port(project.port("nginx", 8080))
    https = free_port(project.port("nginx", 8443), but=(http,))
    return Stack(
        project.root,
        project.name,
        # Images under a tag of their own: whoever runs the platform from the same checkout keeps theirs.
        {
            **TEST_SETTINGS,
            "MUNBOT_HTTP_PORT": str(http),
            "MUNBOT_HTTPS_PORT": str(https),
            "MUNBOT_VERSION": project.name,
        },
    )


def _compose(stack: Stack, name: str, arguments: tuple[str, ...], reports: Path) -> Outcome:
    """Run one compose command as a check; when it fails, each failing container's last words are in the log."""
    log = reports / f"{name.replace(' ', '-')}.log"
    outcome = Outcome(name, log=log)
    started = time.monotonic()
    with console.status(f"{name} …"), log.open("w", encoding="utf-8") as output:
        try:
            code = subprocess.run(
                stack.command(*arguments),
                cwd=stack.root,
                env=stack.variables(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=_MINUTES * _MINUTE,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            code = -1
    outcome.seconds = time.monotonic() - started
    if code == 0:
        outcome.passed = 1
        return show(outcome)
    outcome.failed = 1
    ended = f"ended with code {code}" if code > 0 else f"was stuck for {_MINUTES} minutes"
    outcome.problems.append(f"docker compose {' '.join(arguments)} {ended}")
    with log.open("a", encoding="utf-8") as output:
        output.write(f"\n{stack.failures()}\n")
    return show(outcome)


def _environment(project: Project, stack: Stack) -> dict[str, str]:
    stack.export_secrets(project.secrets)
    password = (project.secrets / "demo_password").read_text(encoding="utf-8").strip()
    port, https = stack.settings["MUNBOT_HTTP_PORT"], stack.settings["MUNBOT_HTTPS_PORT"]
    return stack.to_environment() | {
        "MUNBOT_TEST_SECRETS_DIR": str(project.secrets),
        "MUNBOT_TEST_BASE_URL": f"http://127.0.0.1:{port}",
        "MUNBOT_TEST_HTTPS_URL": f"https://localhost:{https}",
        "MUNBOT_TEST_PUBLIC_URL": f"http://localhost:{port}",
        "MUNBOT_TEST_DEMO_PASSWORD": quote(password, safe=""),
    }
