"""Questions with known answers, and the documents they are about."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from munbot_llm.documents import Passage, import_document
from munbot_llm.retrieval.text import fold

_SPACES = re.compile(r"\s+")


class QuestionsUnreadable(Exception):
    """The file is not there, or a line is not as described."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its known answer.

    Attributes:
        id: its name.
        text: what the citizen wrote.
        answerable: whether the documents tell.
        must_contain: of each group one must be in the answer.
        document: the file that tells.
        article: where it tells, as a person would name it.
    """

    id: str
    text: str
    answerable: bool
    must_contain: tuple[tuple[str, ...], ...]
    document: str
    article: str

    def told_by(self, text: str) -> bool:
        """Tell whether a text has a hit for every group; case, accents and kinds of blanks do not matter."""
        plain = _plain(text)
        return all(any(_plain(option) in plain for option in group) for group in self.must_contain)


def _plain(text: str) -> str:
    return _SPACES.sub(" ", fold(text).replace("ñ", "n")).strip()


def read_questions(file: Path) -> list[Question]:
    """Read JSON lines of `{id, question, answerable, must_contain, document, article}`.

    Raises:
        QuestionsUnreadable: it is not there, empty, or a line is not as described.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsUnreadable(f"{file} cannot be read: {error}") from error
    found = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                found.append(_question(json.loads(line), number))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise QuestionsUnreadable(f"{file}:{number} is no question: {error}") from error
    if not found:
        raise QuestionsUnreadable(f"{file} holds no questions")
    return found


def _question(entry: dict[str, Any], number: int) -> Question:
    groups = tuple(tuple(str(option) for option in group) for group in entry.get("must_contain") or [])
    answerable = bool(entry["answerable"])
    if answerable and not groups:
        raise ValueError("answerable, without must_contain")
    return Question(
        str(entry.get("id") or number),
        str(entry["question"]),
        answerable,
        groups,
        str(entry.get("document") or ""),
        str(entry.get("article") or ""),
    )


def read_documents(folder: Path) -> list[Passage]:
    """Import every document below a folder; a document's id is its path below it.

    Raises:
        QuestionsUnreadable: there are none.
        DocumentUnusable, DocumentTooLarge: one of them cannot be imported.
    """
    files: Iterable[Path] = sorted(path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    passages: list[Passage] = []
    for path in files:
        name = path.relative_to(folder).as_posix()
        passages.extend(import_document(name, path.name, path.read_bytes()).passages)
    if not passages:
        raise QuestionsUnreadable(f"{folder} holds no documents")
    return passages
