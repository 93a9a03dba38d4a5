"""./munbot test: everything that must hold, and one summary."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from munbot_cli.commands.lifecycle import bring_up, delete_data, stop_project
from munbot_cli.environment import instance_environment
from munbot_cli.errors import MunbotError
from munbot_cli.native.context import Context
from munbot_cli.native.machine import find_node
from munbot_cli.progress import console
from munbot_cli.project import Project
from munbot_cli.testing.containers import run_containers
from munbot_cli.testing.engine import provide_engine
from munbot_cli.testing.n8n import install_n8n
from munbot_cli.testing.results import Outcome
from munbot_cli.testing.show import print_summary, run, show
from munbot_cli.testing.stack import TEST_SETTINGS
from munbot_cli.testing.suites import (
    chaos_suites,
    n8n_suites,
    platform_suites,
    prepare_tools,
    room_suites,
    static_checks,
)

__all__ = ["app"]

app = typer.Typer(help="Run everything that must hold, and print one summary.")

KeepOption = Annotated[bool, typer.Option("--keep", help="Leave the test instance running afterwards.")]
N8N_MAILS = {"N8N_UNIT_MAILS": '{"Dirección de Aseo y Ornato": "cuadrilla@valle-claro.demo"}'}
ScriptOption = Annotated[
    Path | None,
    typer.Option(
        "--engine-script",
        envvar="MUNBOT_ENGINE_SCRIPT",
        help="Run this first: it sees to a container engine and its images, and prints DOCKER_HOST=…",
    ),
]


@app.callback(invoke_without_command=True)
def run_tests(
    context: typer.Context,
    fast: Annotated[bool, typer.Option("--fast", help="Style, types and unit tests: no server is started.")] = False,
    keep: KeepOption = False,
    project: Annotated[str, typer.Option("--project", "-p", help="The name of the test instance.")] = "test",
) -> None:
    """Run style, types, unit, integration, contract, dialogue, end-to-end and browser tests."""
    if context.invoked_subcommand:
        return
    instance = _instance(project)
    reports = _reports(instance.root)
    _conclude([lambda: _fast(instance, reports) if fast else _everything(instance, reports, keep=keep)])


@app.command()
def compose(
    engine_script: ScriptOption = None,
    keep: KeepOption = False,
    project: Annotated[str, typer.Option("--project", "-p", help="The name of the compose project.")] = "test-compose",
) -> None:
    """Build all images, start the platform in containers as a new user would, ask it everything, and remove it."""
    instance = _instance(project)
    reports = _reports(instance.root, "compose")
    _conclude([lambda: _compose(instance, reports, engine_script, keep=keep)], rasa=False)


@app.command()
def chaos(
    messages: Annotated[int, typer.Option(min=10, envvar="MUNBOT_CHAOS_MESSAGES", help="In all.")] = 2000,
    citizens: Annotated[
        int, typer.Option(min=0, max=200, envvar="MUNBOT_CHAOS_CITIZENS", help="Who write; 0: one for 40 messages.")
    ] = 0,
    seed: Annotated[
        int, typer.Option(min=-1, envvar="MUNBOT_CHAOS_SEED", help="Of words, pauses and victims; -1: any.")
    ] = -1,
    keep: KeepOption = False,
    project: Annotated[str, typer.Option("--project", "-p", help="The name of the test instance.")] = "chaos",
) -> None:
    """Write on simulated telephones while processes are killed; each message must have exactly one effect."""
    instance = _instance(project)
    reports = _reports(instance.root, "chaos")
    environment = {"MUNBOT_CHAOS_MESSAGES": str(messages), "MUNBOT_CHAOS_REPORT": str(reports / "counts.txt")}
    if citizens:
        environment["MUNBOT_CHAOS_CITIZENS"] = str(citizens)
    if seed >= 0:
        environment["MUNBOT_CHAOS_SEED"] = str(seed)
    _conclude([lambda: _chaos(instance, reports, environment, keep=keep)], rasa=False)


@app.command("n8n")
def n8n(
    keep: KeepOption = False,
    project: Annotated[str, typer.Option("--project", "-p", help="The name of the test instance.")] = "test-n8n",
) -> None:
    """Start the platform with n8n beside it, and run the four workflows: what they mail is the proof."""
    instance = _instance(project)
    reports = _reports(instance.root, "n8n")
    _conclude([lambda: _n8n(instance, reports, keep=keep)], rasa=False)


@app.command("all")
def run_all(engine_script: ScriptOption = None) -> None:
    """Run everything twice over: without containers (`./munbot test`), then in containers (`./munbot test compose`)."""
    native, contained = _instance("test"), _instance("test-compose")
    reports = _reports(native.root)

    def provide() -> list[Outcome]:
        """See to the engine first: some of the rooms' own tests want one too."""
        provide_engine(engine_script, reports / "engine.log")
        return []

    _conclude(
        [
            provide,
            lambda: _everything(native, reports, keep=False),
            lambda: _compose(contained, _reports(contained.root, "compose"), None, keep=False),
        ]
    )


def _instance(name: str) -> Project:
    instance = Project.load(name)
    if instance.name == Project.load().name:
        raise MunbotError("the tests delete their instance's data: choose another name than the platform's own")
    return replace(instance, settings={**instance.settings, **TEST_SETTINGS})


def _reports(root: Path, *inside: str) -> Path:
    """Give an empty folder for logs and JUnit files."""
    reports = root.joinpath("var", "test-reports", *inside)
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir(parents=True)
    return reports


def _conclude(parts: list[Callable[[], list[Outcome]]], *, rasa: bool = True) -> None:
    """Run all parts, whatever became of the ones before, and end with one summary of them."""
    started = time.monotonic()
    try:
        prepare_tools(Project.load(), rasa=rasa)
    except subprocess.CalledProcessError as error:
        raise MunbotError("uv could not install the test tools") from error
    outcomes: list[Outcome] = []
    for part in parts:
        try:
            outcomes += part()
        except MunbotError as error:
            outcomes.append(show(Outcome("preparation", failed=1, problems=[str(error)])))
    print_summary(outcomes, time.monotonic() - started)
    if any(outcome.failed for outcome in outcomes):
        raise typer.Exit(1)


def _compose(project: Project, reports: Path, script: Path | None, *, keep: bool) -> list[Outcome]:
    with console.status("container engine …"):
        absent = provide_engine(script, reports / "engine.log")
    if absent:
        console.print(
            f"Containers are not tested: {absent}. Start an engine, or name a script with --engine-script.",
            soft_wrap=True,
        )
        return [show(Outcome("containers", skipped=1))]
    try:
        return run_containers(project, reports, chromium=_chromium(project), keep=keep)
    finally:
        if not keep:
            delete_data(project)


def _fast(project: Project, reports: Path) -> list[Outcome]:
    return [run(suite, reports, {}) for suite in [*static_checks(project), *room_suites(project, fast=True)]]


def _everything(project: Project, reports: Path, *, keep: bool) -> list[Outcome]:
    outcomes: list[Outcome] = []
    with _fresh(project, keep=keep):
        # Starting is mostly waiting: the static checks use that time.
        with ThreadPoolExecutor(max_workers=1) as pool:
            first = time.monotonic()
            starting = pool.submit(_start, project)
            # The front end's checks need what the start installs.
            checks = static_checks(project)
            independent = [check for check in checks if not check.name.startswith("frontend")]
            outcomes += [run(check, reports, {}) for check in independent]
            problem = starting.result()
        if problem:
            outcomes.append(Outcome("platform start", failed=1, problems=[problem], seconds=time.monotonic() - first))
            return outcomes
        outcomes.append(show(Outcome("platform start", passed=1, seconds=time.monotonic() - first)))
        environment = instance_environment(project) | {"MUNBOT_TEST_CHROMIUM": _chromium(project)}
        rest = [check for check in checks if check.name.startswith("frontend")]
        suites = [*rest, *platform_suites(project), *room_suites(project, fast=False)]
        outcomes += [run(suite, reports, environment) for suite in suites]
    return outcomes


def _chaos(project: Project, reports: Path, environment: Mapping[str, str], *, keep: bool) -> list[Outcome]:
    with _fresh(project, keep=keep):
        first = time.monotonic()
        with console.status("platform start …"):
            problem = _start(project)
        outcome = Outcome(
            "platform start", passed=int(not problem), failed=int(bool(problem)), seconds=time.monotonic() - first
        )
        outcomes = [show(outcome)]
        if problem:
            outcome.problems.append(problem)
            return outcomes
        addresses = {**instance_environment(project), **environment}
        outcomes += [run(suite, reports, addresses) for suite in chaos_suites(project)]
        counts = Path(environment["MUNBOT_CHAOS_REPORT"])
        if counts.is_file():
            console.print(counts.read_text(encoding="utf-8"), markup=False, highlight=False, soft_wrap=True)
    return outcomes


def _n8n(project: Project, reports: Path, *, keep: bool) -> list[Outcome]:
    port = project.port("n8n", 5678)
    with _fresh(project, keep=keep):
        first = time.monotonic()
        with console.status("n8n and the platform …"):
            programs = install_n8n(Context(project))
            node = find_node(Context(project))
            os.environ["PATH"] = f"{programs}:{node}:{os.environ.get('PATH', os.defpath)}"
            asked = replace(
                project, settings={**project.settings, "WEBHOOK_ALLOWED_HOSTS": f"127.0.0.1:{port}", **N8N_MAILS}
            )
            problem = _start(asked, profiles=["n8n"])
        outcome = Outcome(
            "platform and n8n", passed=int(not problem), failed=int(bool(problem)), seconds=time.monotonic() - first
        )
        outcomes = [show(outcome)]
        if problem:
            outcome.problems.append(problem)
            return outcomes
        addresses = {**instance_environment(project), "MUNBOT_TEST_N8N_URL": f"http://127.0.0.1:{port}"}
        return [*outcomes, *(run(suite, reports, addresses) for suite in n8n_suites(project))]


@contextmanager
def _fresh(project: Project, *, keep: bool) -> Iterator[None]:
    """Begin without an instance and its data, and end so unless it is to be kept."""
    stop_project(project)
    delete_data(project)
    try:
        yield
    finally:
        if keep:
            console.print(f"The test instance goes on: ./munbot down --project {project.name} stops it.")
        else:
            stop_project(project)
            delete_data(project)


def _start(project: Project, profiles: Sequence[str] = ()) -> str:
    try:
        bring_up(project, profiles=profiles)
    except MunbotError as error:
        return str(error)
    return ""


def _chromium(project: Project) -> str:
    """Find Debian's Chromium for the browser tests, installing it where it is missing."""
    from munbot_cli.native.machine import install_packages

    context = Context(project)
    install_packages(context, ["chromium"])
    return str(Path(context.programs_found["chromium"]) / "chromium")
