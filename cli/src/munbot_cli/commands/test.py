"""./munbot test: everything that must hold, and one summary."""

from __future__ import annotations

import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from munbot_cli.commands.lifecycle import bring_up, delete_data, stop_project
from munbot_cli.environment import instance_environment
from munbot_cli.errors import MunbotError
from munbot_cli.progress import console
from munbot_cli.project import Project
from munbot_cli.testing.results import Outcome, summary_line
from munbot_cli.testing.suites import (
    Suite,
    platform_suites,
    prepare_tools,
    room_suites,
    run_suite,
    static_checks,
)

__all__ = ["app"]

app = typer.Typer(help="Run everything that must hold, and print one summary.")

_TAIL_LINES = 40


@app.callback(invoke_without_command=True)
def run_tests(
    context: typer.Context,
    fast: Annotated[bool, typer.Option("--fast", help="Style, types and unit tests: no server is started.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the test instance running afterwards.")] = False,
    project: Annotated[str, typer.Option("--project", "-p", help="The name of the test instance.")] = "test",
) -> None:
    """Run style, types, unit, integration, contract, dialogue, end-to-end and browser tests."""
    if context.invoked_subcommand:
        return
    instance = Project.load(project)
    if instance.name == Project.load().name:
        raise MunbotError("the tests delete their instance's data: choose another name than the platform's own")
    reports = instance.root / "var" / "test-reports"
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir(parents=True)
    started = time.monotonic()
    try:
        prepare_tools(instance)
    except subprocess.CalledProcessError as error:
        raise MunbotError("uv could not install the test tools") from error
    outcomes = _fast(instance, reports) if fast else _everything(instance, reports, keep=keep)
    _print_summary(outcomes, time.monotonic() - started)
    if any(outcome.failed for outcome in outcomes):
        raise typer.Exit(1)


def _fast(project: Project, reports: Path) -> list[Outcome]:
    return [_run(suite, reports, {}) for suite in [*static_checks(project), *room_suites(project, fast=True)]]


def _everything(project: Project, reports: Path, *, keep: bool) -> list[Outcome]:
    stop_project(project)
    delete_data(project)
    outcomes: list[Outcome] = []
    try:
        # Starting is mostly waiting: the static checks use that time.
        with ThreadPoolExecutor(max_workers=1) as pool:
            first = time.monotonic()
            starting = pool.submit(_start, project)
            # The front end's checks need what the start installs.
            checks = static_checks(project)
            independent = [check for check in checks if not check.name.startswith("frontend")]
            outcomes += [_run(check, reports, {}) for check in independent]
            problem = starting.result()
        if problem:
            outcomes.append(Outcome("platform start", failed=1, problems=[problem], seconds=time.monotonic() - first))
            return outcomes
        outcomes.append(_show(Outcome("platform start", passed=1, seconds=time.monotonic() - first)))
        environment = instance_environment(project) | {"MUNBOT_TEST_CHROMIUM": _chromium(project)}
        rest = [check for check in checks if check.name.startswith("frontend")]
        suites = [*rest, *platform_suites(project), *room_suites(project, fast=False)]
        outcomes += [_run(suite, reports, environment) for suite in suites]
    finally:
        if keep:
            console.print(f"The test instance goes on: ./munbot down --project {project.name} stops it.")
        else:
            stop_project(project)
            delete_data(project)
    return outcomes


def _start(project: Project) -> str:
    try:
        bring_up(project)
    except MunbotError as error:
        return str(error)
    return ""


def _chromium(project: Project) -> str:
    """Find Debian's Chromium for the browser tests, installing it where it is missing."""
    from munbot_cli.native.context import Context
    from munbot_cli.native.machine import install_packages

    context = Context(project)
    install_packages(context, ["chromium"])
    return str(Path(context.programs_found["chromium"]) / "chromium")


def _run(suite: Suite, reports: Path, environment: dict[str, str]) -> Outcome:
    with console.status(f"{suite.name} …"):
        outcome = run_suite(suite, reports, environment)
    return _show(outcome)


def _show(outcome: Outcome) -> Outcome:
    sign = "[red]✗[/red]" if outcome.failed else "[green]✓[/green]"
    counts = f"{outcome.passed} passed"
    if outcome.failed:
        counts += f", [red]{outcome.failed} failed[/red]"
    if outcome.skipped:
        counts += f", {outcome.skipped} skipped"
    console.print(f"{sign} {outcome.name:<24} {counts:<40} [dim]{outcome.seconds:7.1f} s[/dim]")
    return outcome


def _print_summary(outcomes: list[Outcome], seconds: float) -> None:
    failed = [outcome for outcome in outcomes if outcome.failed]
    for outcome in failed:
        console.rule(f"[red]{outcome.name}[/red]")
        for problem in outcome.problems:
            console.print(f"  [red]✗[/red] {escape(problem)}", soft_wrap=True)
        if outcome.log and outcome.log.is_file():
            tail = outcome.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL_LINES:]
            console.print(escape("\n".join(tail)), soft_wrap=True)
            console.print(f"[dim]whole output: {outcome.log}[/dim]")
    console.rule()
    console.print(f"{len(outcomes)} checks and suites in {seconds / 60:.1f} minutes")
    print(summary_line(outcomes), flush=True)
