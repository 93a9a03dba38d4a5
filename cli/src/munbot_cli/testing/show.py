"""Show what checks and suites gave, and end with the one line that people and machines read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.markup import escape

from munbot_cli.progress import console
from munbot_cli.testing.results import Outcome, summary_line
from munbot_cli.testing.suites import Suite, run_suite

__all__ = ["print_summary", "run", "show"]

_TAIL_LINES = 40


def run(suite: Suite, reports: Path, environment: Mapping[str, str]) -> Outcome:
    """Run a suite to its end and show what it gave."""
    with console.status(f"{suite.name} …"):
        outcome = run_suite(suite, reports, environment)
    return show(outcome)


def show(outcome: Outcome) -> Outcome:
    """Print one line for an outcome and hand it on."""
    sign = "[red]✗[/red]" if outcome.failed else "[green]✓[/green]" if outcome.passed else "[yellow]-[/yellow]"
    counts = f"{outcome.passed} passed"
    if outcome.failed:
        counts += f", [red]{outcome.failed} failed[/red]"
    if outcome.skipped:
        counts += f", {outcome.skipped} skipped"
    console.print(f"{sign} {outcome.name:<24} {counts:<40} [dim]{outcome.seconds:7.1f} s[/dim]")
    return outcome


def print_summary(outcomes: Sequence[Outcome], seconds: float) -> None:
    """Print the failures with the end of their logs, then the counts in one plain line."""
    for outcome in (outcome for outcome in outcomes if outcome.failed):
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
