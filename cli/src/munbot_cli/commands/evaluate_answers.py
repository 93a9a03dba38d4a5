"""./munbot eval answers: how well questions are answered from documents. Needs no running platform."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from munbot_cli.errors import MunbotError
from munbot_cli.project import Project

__all__ = ["eval_answers"]


def eval_answers(
    file: Annotated[Path, typer.Argument(help="JSON lines {id, question, answerable, must_contain: [[…]]}.")],
    documents: Annotated[
        Path | None,
        typer.Option("--documents", help="Folder of documents; default: ../ordinances beside FILE's folder."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print {total, right, wrong, …} only.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List what was not answered rightly.")] = False,
) -> None:
    """Import the documents into memory and ask the gateway's own answer service every question of the file."""
    if not file.is_file():
        raise MunbotError(f"{file} is not a file")
    command = [sys.executable, "-m", "munbot_llm", "evaluate", "answers", str(file)]
    command += ["--cache", str(Project.load().cache / "embeddings.sqlite")]
    command += ["--documents", str(documents)] if documents else []
    command += ["--json"] if as_json else []
    command += ["--verbose"] if verbose else []
    result = subprocess.run(command, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"})
    if result.returncode:
        raise typer.Exit(result.returncode)
