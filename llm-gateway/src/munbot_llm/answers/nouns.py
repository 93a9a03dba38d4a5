"""What a question is about: its nouns, told by the small words before them."""

import re

from munbot_llm.retrieval.text import fold, function_words, resource, stem, words

_ASKED = re.compile(r"[¿?]")


def key_nouns(question: str) -> frozenset[str]:
    """Return the stems of the question's nouns, as far as the words before them tell («la licencia *de* conducir»).

    A verb after «de» or «para» is taken as part of the noun before it; clitics and verbs after «que» are not.
    """
    return frozenset(_nouns(words(question)))


def asked_clause(question: str) -> str:
    """Return what stands between question marks, else after the last comma; all of it when that says too little."""
    parts = [part for part in _ASKED.split(question) if part.strip()]
    inside = re.search(r"¿([^?]+)\??[^¿]*$", question)
    clause = inside.group(1) if inside else parts[-1].rsplit(",", 1)[-1] if parts else question
    small = function_words()
    return clause if sum(word not in small for word in words(clause)) >= 2 else question


def _nouns(found: list[str]) -> list[str]:
    small = function_words()
    before = frozenset(words(str(resource("words.yml")["before_nouns"])))
    nouns: list[str] = []
    for place, word in enumerate(found):
        if word in small or word.isdigit() or len(word) < 3:
            continue
        previous = found[place - 1] if place else ""
        after_noun = place > 0 and nouns and stem(previous) == nouns[-1]
        if previous in before or (after_noun and not fold(word).endswith(("ar", "er", "ir"))):
            nouns.append(stem(word))
    return nouns
