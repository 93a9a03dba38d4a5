"""Count what passed, failed and was skipped, over pytest's reports and plain checks."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Outcome", "read_junit", "summary_line"]


@dataclass
class Outcome:
    """What one check or suite gave.

    Args:
        name: what was run.
        passed, failed, skipped: counts.
        seconds: how long it took.
        problems: the failed tests' names, or the reason.
        log: where its output is.
    """

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)
    log: Path | None = None


def read_junit(path: Path, name: str, *, exit_code: int) -> Outcome:
    """Read a JUnit report; a run that ended badly without one, or without a failed test in it, is one failure.

    Args:
        path: the XML file.
        name: of the suite.
        exit_code: of pytest; 5 (nothing was collected) is a failure too: a suite that tests nothing proves nothing.
    """
    outcome = Outcome(name)
    try:
        cases = list(ET.parse(path).getroot().iter("testcase"))  # noqa: S314 - as above
    except (OSError, ET.ParseError):
        cases = []
    for case in cases:
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            outcome.failed += 1
            outcome.problems.append(f"{case.get('classname', '')}::{case.get('name', '')}")
        elif "skipped" in kinds:
            outcome.skipped += 1
        else:
            outcome.passed += 1
    if exit_code and not outcome.failed:
        outcome.failed += 1
        outcome.problems.append(f"the run ended with code {exit_code}")
    return outcome


def summary_line(outcomes: Iterable[Outcome]) -> str:
    """Give the one line that people and machines read: ``N passed, N failed, N skipped``."""
    items = list(outcomes)
    passed, failed, skipped = (sum(getattr(item, kind) for item in items) for kind in ("passed", "failed", "skipped"))
    return f"{passed} passed, {failed} failed, {skipped} skipped"
