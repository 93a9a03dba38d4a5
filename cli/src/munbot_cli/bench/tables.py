"""Print figures beside their goals, and keep them in a JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from munbot_cli.progress import console

__all__ = ["Figure", "keep_results", "show_figures", "show_table"]


@dataclass(frozen=True)
class Figure:
    """One figure.

    Args:
        what: was measured.
        value: in `unit`.
        unit: such as ``s``.
        goal: the most it should be, in `unit`; none when nobody asked for one.
        note: what one must know to read it.
    """

    what: str
    value: float
    unit: str
    goal: float | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give it as it stands in the JSON file."""
        return asdict(self)


def show_figures(title: str, figures: Iterable[Figure]) -> None:
    """Print figures beside their goals; nothing is passed or failed by them."""
    rows = [
        (entry.what, _text(entry.value, entry.unit), _text(entry.goal, entry.unit), entry.note) for entry in figures
    ]
    show_table(title, ("what", "figure", "goal", "note"), rows, left={0, 3})


def show_table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    total: Sequence[object] = (),
    left: Iterable[int] = (0,),
) -> None:
    """Print a table.

    Args:
        title: above it.
        columns: their headings.
        rows: the cells.
        total: a last row, set apart.
        left: the numbers of the columns with words; the others have figures.
    """
    table = Table(title=title, title_justify="left")
    words = set(left)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number in words else "right")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    if total:
        table.add_section()
        table.add_row(*(escape(str(cell)) for cell in total))
    console.print(table)


def keep_results(target: Path, machine: Mapping[str, Any], part: str, result: Mapping[str, Any]) -> None:
    """Write what one part found into the file; what other parts found, now or in an earlier run, stays in it.

    Args:
        target: the JSON file.
        machine: what this run is measured on; kept with the part, since parts may come from different runs.
        part: its name.
        result: its figures.
    """
    try:
        content = json.loads(target.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = {"bench": "compose", "parts": {}}
    content["parts"][part] = {"at": datetime.now(UTC).isoformat(), "machine": dict(machine), **result}
    target.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _text(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:,.1f} {unit}" if value < 100 else f"{value:,.0f} {unit}"
