"""What is built from the sources before the first start, and again only when its inputs change."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from munbot_cli.errors import MunbotError
from munbot_cli.native.context import Context, run_logged
from munbot_cli.native.machine import find_node, find_python, locked, uv
from munbot_cli.project import Project

__all__ = ["build_frontend", "sync_rasa", "train_rasa"]

_STAMPS = ".munbot-stamp"
_IGNORED = {"node_modules", "dist", "build", "coverage", ".vite", "test-results", "playwright-report"}


def sync_rasa(context: Context) -> str:
    """Make rasa-core's own environment, of the Python that Rasa needs, from its own lock.

    Returns:
        What was done, in two words.
    """
    project = context.project
    folder = project.root / "rasa-core"
    stamp = _hash([folder / "uv.lock", folder / "pyproject.toml"])
    marker = folder / ".venv" / _STAMPS
    with locked(project.cache / "rasa-sync.lock"):
        if marker.is_file() and marker.read_text() == stamp:
            return "unchanged"
        python = find_python(project.settings.get("RASA_PYTHON", "3.10"))
        run_logged(
            [uv(), "sync", "--frozen", "--no-dev", "--inexact", "--project", str(folder), "--python", python],
            log=project.log("rasa-sync"),
            what="installing Rasa",
            cwd=folder,
            environment={"VIRTUAL_ENV": ""},
        )
        marker.write_text(stamp)
    return "installed"


def train_rasa(context: Context) -> str:
    """Train the model, or take the one that the same inputs gave before.

    Returns:
        What was done, in two words.
    """
    project = context.project
    python = str(project.root / "rasa-core" / ".venv" / "bin" / "python")
    models = project.root / "rasa-core" / "models"
    model, mark = models / "munbot.tar.gz", models / "munbot.tar.gz.inputs"
    with locked(project.cache / "rasa-train.lock"):
        digest = _rasa_inputs(project, python)
        if model.is_file() and mark.is_file() and mark.read_text().strip() == digest:
            return "unchanged"
        kept = project.cache / "models" / f"{digest}.tar.gz"
        models.mkdir(exist_ok=True)
        if kept.is_file():
            shutil.copy2(kept, model)
            mark.write_text(digest + "\n")
            return "from the cache"
        run_logged(
            [python, "-m", "munbot_rasa", "train"],
            log=project.log("rasa-train"),
            what="training Rasa",
            cwd=project.root / "rasa-core",
        )
        if not model.is_file():
            raise MunbotError("training Rasa left no model", log=project.log("rasa-train"))
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(".partial")
        shutil.copy2(model, partial)
        partial.replace(kept)
    return "trained"


def build_frontend(context: Context) -> str:
    """Build the widget, the home page and what else the browser loads, while nginx goes on serving what was there.

    Returns:
        What was done, in two words.
    """
    project = context.project
    folder = project.root / "web-interface" / "frontend"
    if not (folder / "package.json").is_file():
        return "not there"
    with locked(project.cache / f"frontend-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}.lock"):
        stamp = _hash(_frontend_inputs(folder))
        marker = folder / "dist" / _STAMPS
        if marker.is_file() and marker.read_text() == stamp:
            return "unchanged"
        node = find_node(context)
        environment = {"PATH": f"{node}:{os.environ.get('PATH', os.defpath)}", "CI": "1"}
        npm = str(node / "npm")
        lock = _hash([folder / "package-lock.json", folder / "package.json"])
        installed = folder / "node_modules" / _STAMPS
        if not installed.is_file() or installed.read_text() != lock:
            run_logged(
                [npm, "ci", "--no-audit", "--no-fund"],
                log=project.log("npm-ci"),
                what="npm ci",
                cwd=folder,
                environment=environment,
            )
            installed.write_text(lock)
        fresh = folder / "build" / "dist"
        shutil.rmtree(fresh.parent, ignore_errors=True)
        run_logged(
            [npm, "run", "build"],
            log=project.log("frontend-build"),
            what="building the front end",
            cwd=folder,
            environment={**environment, "MUNBOT_DIST": str(fresh)},
        )
        if not fresh.is_dir():
            raise MunbotError("the front end's build left no dist folder", log=project.log("frontend-build"))
        (fresh / _STAMPS).write_text(stamp)
        _put_in_place(fresh, folder / "dist")
    return "built"


def _put_in_place(fresh: Path, served: Path) -> None:
    """Let the folder `fresh` be `served`, and remove the one that was.

    Two renames: whoever asks sees the old files or the new ones, or, for the microseconds between the two, none; never
    a part. Dying there leaves none, and the next start builds again, as the stamp went too.
    """
    if served.exists():
        served.rename(fresh.with_name("old"))
    fresh.rename(served)
    shutil.rmtree(fresh.parent)


def _frontend_inputs(folder: Path) -> list[Path]:
    found: list[Path] = []
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _IGNORED)
        found += [Path(here) / name for name in sorted(files) if not name.endswith(".tsbuildinfo")]
    return found


def _rasa_inputs(project: Project, python: str) -> str:
    result = subprocess.run(
        [python, "-m", "munbot_rasa", "inputs-hash"],
        capture_output=True,
        text=True,
        check=False,
        cwd=project.root / "rasa-core",
    )
    digest = result.stdout.strip()
    if result.returncode or not digest:
        log = project.log("rasa-train")
        log.write_text(result.stdout + result.stderr)
        raise MunbotError("Rasa's inputs cannot be read", log=log)
    return digest


def _hash(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        if path.is_file():
            digest.update(json.dumps([str(path), hashlib.sha256(path.read_bytes()).hexdigest()]).encode())
    return digest.hexdigest()
