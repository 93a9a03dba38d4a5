"""Make sure that a container engine answers, starting one with a script where that is given."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from munbot_cli.containers.detection import find_engine
from munbot_cli.errors import MunbotError

__all__ = ["provide_engine"]


def provide_engine(script: Path | None, log: Path) -> str:
    """Find an engine, and point DOCKER_HOST of this process and its children at the one that a script starts.

    Args:
        script: starts an engine, or makes sure that the running one has the images, and prints ``DOCKER_HOST=…``.
        log: keeps the script's output.

    Returns:
        Nothing when an engine answers, else why there is none.

    Raises:
        MunbotError: the engine is too old, or the script failed.
    """
    if script is not None:
        _start(script, log)
    found = find_engine(os.environ)
    if script is not None and not found.answers:
        raise MunbotError(f"after the engine script {script}: {found.reason}", log=log)
    if found.problem:
        raise MunbotError(found.problem)
    return "" if found.answers else found.reason


def _start(script: Path, log: Path) -> None:
    if not script.is_file():
        raise MunbotError(f"the engine script {script} does not exist")
    with log.open("w", encoding="utf-8") as output:
        try:
            done = subprocess.run(
                [str(script.resolve())], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False
            )
        except OSError as error:
            raise MunbotError(f"the engine script {script} cannot be run: {error.strerror}") from error
    if done.returncode:
        raise MunbotError(f"the engine script {script} ended with code {done.returncode}", log=log)
    if told := re.findall(r"DOCKER_HOST=([^\s,;]+)", log.read_text(encoding="utf-8", errors="replace")):
        os.environ["DOCKER_HOST"] = told[-1].strip("\"'")
