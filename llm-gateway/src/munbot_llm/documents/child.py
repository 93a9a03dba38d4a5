"""The process that opens one PDF or DOCX: the file on standard input, JSON on standard output.

`python -m munbot_llm.documents.child pdf|docx LIMITS`, LIMITS a JSON object with the fields of `Limits`.
"""

import json
import math
import resource
import sys
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from munbot_llm.documents.limits import MEGABYTE, Limits
from munbot_llm.documents.problems import DocumentCorrupt, DocumentTooLarge
from munbot_llm.documents.refusal import Refused

_OWN_MEMORY = 700 * MEGABYTE  # address space of the interpreter, its libraries and a parser's trees


def main(kind: str, written_limits: str) -> None:
    """Read the file, write what is in it."""
    limits = Limits(**json.loads(written_limits))
    _limit_process(limits)
    warnings.simplefilter("ignore")
    data = sys.stdin.buffer.read()
    try:
        found = _open(kind, data, limits)
    except Refused as refused:
        found = refused.found
    except MemoryError:
        megabytes = limits.expanded_bytes // MEGABYTE
        found = Refused(DocumentTooLarge.code, "too_much_inside", limit=megabytes).found
    except Exception:  # noqa: BLE001 - whatever a parser trips over, the file is to blame
        found = Refused(DocumentCorrupt.code, f"{kind}_broken").found
    sys.stdout.write(json.dumps(found))


def _open(kind: str, data: bytes, limits: Limits) -> dict[str, Any]:
    if kind == "pdf":
        from munbot_llm.documents.readers.pdf_file import open_pdf  # noqa: PLC0415 - each loads its own parser

        return open_pdf(data, limits)
    from munbot_llm.documents.readers.docx_file import open_docx  # noqa: PLC0415

    return open_docx(data, limits)


def _limit_process(limits: Limits) -> None:
    with suppress(OSError):  # should the container run out of memory, this process goes, not the one that waits for it
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    seconds = math.ceil(time.process_time() + limits.seconds) + 1  # what the start took is not the file's fault
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # SIGXCPU, which the parent knows, before SIGKILL
    memory = _OWN_MEMORY + 3 * limits.expanded_bytes
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
