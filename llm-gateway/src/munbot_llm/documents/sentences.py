"""Sentences of Spanish municipal and legal text.

A full stop ends a sentence unless it belongs to an abbreviation («Art. 5», «U.T.M.», «a.m.», «Sr. Alcalde»), a number
(«19.925») or the label of an article or of an enumeration («Artículo 27.», «a).-», «3.»), which stay with their text.
"""

import re

from munbot_llm.documents.words import word_set

_NEVER_END = word_set("sentences", "never_end")
_MAY_END = word_set("sentences", "may_end")
_FIRST_WORDS = word_set("sentences", "first_words")

_NEAR = 60  # letters looked at on each side of a mark
_END = re.compile(r"(?:[.?!…]+)(?:-(?=\s))?[\"'”’»)\]*]*(?=\s)")
_NUMBER_LABEL = r"(?:\d{1,3}(?:\.\d{1,3}){0,3}|[IVXLC]{1,6}|[A-Za-zñÑ](?:\.\d{1,2})?)"
_LABEL = re.compile(
    r"^[\s\"'“«(*•·–-]*(?:(?:art[íi]culo|art|arts|t[íi]tulo|p[áa]rrafo|cap[íi]tulo|letra|n[úu]mero|anexo|inciso|punto)\.?"
    r"\s*(?:n\s?[°ºo.]*\s*)?(?:\d{1,4}|[IVXLC]{1,6}|[A-Za-z])?\s*(?:bis|ter|transitorio)?\s*[°º]?[).:,;\s–-]*"
    rf"|\(?{_NUMBER_LABEL}[°º]?\)?[).\s–-]*)$",
    re.IGNORECASE,
)
_NEXT_STARTS = re.compile(r"[\"'“‘«(\[¿¡*•·–-]*\s*[A-ZÁÉÍÓÚÜÑ0-9]")
_WORD_BEFORE = re.compile(r"([\w°º]+(?:\.[\w°º]+)*)$")
_FIRST_WORD = re.compile(r"\W*(\w+)")


def sentences(text: str) -> list[str]:
    """Split `text` into its sentences; a line break always ends one, spaces at the ends are dropped."""
    found: list[str] = []
    for line in text.splitlines():
        found.extend(_of_line(line))
    return found


def _of_line(line: str) -> list[str]:
    found: list[str] = []
    start = 0
    for match in _END.finditer(line):
        if _ends(line, start, match):
            found.append(line[start : match.end()].strip())
            start = match.end()
    rest = line[start:].strip()
    if rest:
        found.append(rest)
    return [sentence for sentence in found if sentence]


def _ends(line: str, start: int, found: re.Match[str]) -> bool:
    """Say whether the mark `found` ends the sentence that begins at `start`; looks only some letters around."""
    after = line[found.end() : found.end() + _NEAR].lstrip()
    if not after or not _NEXT_STARTS.match(after):
        return False
    if found.start() - start < _NEAR and _LABEL.match(line[start : found.start()]):
        return False
    mark = found.group()
    if mark[0] != "." or mark.startswith(".."):
        return True
    last_word = _WORD_BEFORE.search(line[max(start, found.start() - _NEAR) : found.start()])
    return not last_word or _word_ends(last_word.group(1), after)


def _word_ends(written: str, after: str) -> bool:
    """Say whether a sentence can end with this word and a full stop."""
    word = written.casefold()
    last = word.rsplit(".", 1)[-1]
    if word in _MAY_END or ("." in word and len(last) <= 2 and last.isalpha()):
        return _starts_a_sentence(after)
    if word in _NEVER_END or (len(word) == 1 and written.isupper()):
        return False
    return not (last in _NEVER_END and "." in word)


def _starts_a_sentence(after: str) -> bool:
    if after[0] in "¿¡•":
        return True
    found = _FIRST_WORD.match(after)
    return bool(found and found.group(1).casefold() in _FIRST_WORDS)
