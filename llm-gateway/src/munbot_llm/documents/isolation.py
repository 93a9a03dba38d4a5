"""PDF and DOCX are opened in a short-lived process with limits on memory and time.

A hostile file can make their parsers loop or fill the memory; then that process ends and this one lives on. What comes
back is plain text (JSON), never an object of the parser.
"""

import json
import signal
import subprocess
import sys
from typing import Any

from munbot_llm.documents.limits import Limits
from munbot_llm.documents.problems import PROBLEMS, DocumentCorrupt, DocumentTooLarge, detail

_GRACE_SECONDS = 5.0  # for the process to start and to write


def extracted(kind: str, data: bytes, limits: Limits) -> dict[str, Any]:
    """Return what the child process found in a `pdf` or `docx`.

    Raises:
        A problem that the child names; DocumentTooLarge out of time or memory; DocumentCorrupt when it died.
    """
    command = [
        *(sys.executable, "-m", "munbot_llm.documents.child", kind),
        json.dumps({name: getattr(limits, name) for name in Limits.__slots__}),
    ]
    try:
        ended = subprocess.run(  # noqa: S603 - our own module; the file goes in by standard input
            command, input=data, capture_output=True, timeout=limits.seconds + _GRACE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentTooLarge(detail("too_slow", seconds=round(limits.seconds))) from error
    if ended.returncode == -signal.SIGXCPU:
        raise DocumentTooLarge(detail("too_slow", seconds=round(limits.seconds)))
    try:
        found: dict[str, Any] = json.loads(ended.stdout)
    except ValueError as error:
        raise DocumentCorrupt(detail(f"{kind}_broken")) from error
    if "problem" in found:
        raise _problem(found)
    return found


def _problem(found: dict[str, Any]) -> Exception:
    known = {problem.code: problem for problem in PROBLEMS}
    return known[found["problem"]](detail(found["key"], **found["values"]))
