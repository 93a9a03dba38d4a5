"""Questions and answers: YAML or JSON lists of {question, also, answer}, CSV with those columns."""

import csv
import io
import json
from typing import Any

import yaml

from munbot_llm.documents.blocks import Block, Kind
from munbot_llm.documents.limits import Limits
from munbot_llm.documents.problems import DocumentCorrupt, DocumentTooLarge, detail
from munbot_llm.documents.reading import Reading
from munbot_llm.documents.structure import plain_words
from munbot_llm.documents.text import clean, one_line
from munbot_llm.documents.words import resource

_MOST_WAYS = 100  # to ask the same
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_pairs(text: str, kind: str, limits: Limits) -> Reading:
    """Return one block per pair; `kind` is yaml, json or csv.

    Raises:
        DocumentCorrupt: not such a list; the sentence names the entry.
        DocumentTooLarge: more pairs than allowed.
    """
    title, entries = _entries(text, kind)
    if len(entries) > limits.pairs:
        raise DocumentTooLarge(detail("too_many_pairs", pairs=len(entries), limit=limits.pairs))
    blocks: list[Block] = []
    size = 0
    for number, entry in enumerate(entries, start=1):
        blocks.append(_pair(number, entry))
        size += len(blocks[-1].text) + sum(map(len, blocks[-1].questions))
        if size > limits.characters:  # an alias of YAML repeats its text
            raise DocumentTooLarge(detail("too_much_text", limit=limits.characters / 1_000_000))
    return Reading(blocks, title)


def _entries(text: str, kind: str) -> tuple[str, list[Any]]:
    if kind == "csv":
        return "", _csv(text)
    try:
        loaded = json.loads(text) if kind == "json" else yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _broken("syntax", line=_line_of(error)) from error
    if isinstance(loaded, dict):
        if "question" in loaded:
            return "", [loaded]
        title = loaded.get("title", "")
        return (one_line(title) if isinstance(title, str) else ""), _listed(loaded.get("pairs"))
    return "", _listed(loaded)


def _listed(loaded: Any) -> list[Any]:
    if not isinstance(loaded, list):
        raise _broken("not_a_list")
    return loaded


def _csv(text: str) -> list[Any]:
    sample = text[:4000]
    delimiter = max(",;\t", key=sample.split("\n", 1)[0].count)
    try:
        rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise _broken("columns") from error
    entries = []
    for row in rows:
        named = {str(name).strip().casefold(): value for name, value in row.items() if name}
        if not {"question", "answer"} <= named.keys():
            raise _broken("columns")
        also = [part.strip() for part in str(named.get("also") or "").split("|") if part.strip()]
        entries.append({"question": named["question"], "answer": named["answer"], "also": also})
    return entries


def _pair(number: int, entry: Any) -> Block:
    if not isinstance(entry, dict):
        raise _broken("not_an_entry", number=number)
    question, answer, also = entry.get("question"), entry.get("answer"), entry.get("also") or []
    if not isinstance(question, str) or not isinstance(answer, str):
        raise _broken("not_an_entry", number=number)
    if not isinstance(also, list) or len(also) > _MOST_WAYS or not all(isinstance(text, str) for text in also):
        raise _broken("bad_also", number=number)
    asked = [one_line(plain_words(text)) for text in (question, *also)]
    told = "\n".join(line for line in (plain_words(line) for line in clean(answer).split("\n")) if line)
    if not asked[0] or not told:
        raise _broken("not_an_entry", number=number)
    return Block(Kind.PAIR, told, questions=tuple(dict.fromkeys(text for text in asked if text)))


def _broken(reason: str, **values: Any) -> DocumentCorrupt:
    sentence = str(resource("es")["reasons"][reason]).format(**values)
    return DocumentCorrupt(detail("pairs_broken", reason=sentence))


def _line_of(error: Exception) -> int:
    if isinstance(error, json.JSONDecodeError):
        return error.lineno
    mark = getattr(error, "problem_mark", None)
    return int(mark.line) + 1 if mark else 1
