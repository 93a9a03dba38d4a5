"""What every benchmark prints: percentiles, the machine, a table, a JSON file."""

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile of `values`; `share` is 0.5 for the median. 0 without values."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def summary(milliseconds: Sequence[float]) -> dict[str, float]:
    """Return count, p50, p95, p99 and max of times in milliseconds."""
    return {
        "n": len(milliseconds),
        "p50_ms": round(percentile(milliseconds, 0.50), 1),
        "p95_ms": round(percentile(milliseconds, 0.95), 1),
        "p99_ms": round(percentile(milliseconds, 0.99), 1),
        "max_ms": round(max(milliseconds, default=0.0), 1),
    }


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    model = ""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {"cpus": os.cpu_count(), "cpu": model, "memory_mb": memory, "python": platform.python_version()}


def write(path: str | None, result: dict[str, Any]) -> None:
    """Write a result as JSON, with the machine beside it."""
    result["machine"] = machine()
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def print_table(title: str, rows: Sequence[dict[str, Any]]) -> None:
    """Print rows of equal keys as a table in plain text."""
    print(f"\n{title}")
    if not rows:
        print("  (nothing measured)")
        return
    columns = list(rows[0])
    widths = [max(len(str(column)), *(len(str(row[column])) for row in rows)) for column in columns]
    print("  " + "  ".join(str(column).ljust(width) for column, width in zip(columns, widths, strict=True)))
    for row in rows:
        print("  " + "  ".join(str(row[column]).ljust(width) for column, width in zip(columns, widths, strict=True)))
