"""A question that leans on the one before («¿y para los gatos?») is asked together with it."""

import re
from collections.abc import Sequence

from munbot_llm.answers.models import Turn
from munbot_llm.retrieval.text import fold, function_words, normalise, words

_OPENS = re.compile(r"^[\s¿¡]*(?:y|e|o|pero|entonces|ah|ok|ya|tambien|igual)\b[\s,]*(?!a que hora abre)")
_POINTS_BACK = re.compile(r"\b(?:eso|esa|ese|ahi|alli|lo mismo|la misma|el mismo|esos|esas)\b")
_SHORT = 3  # words of matter: fewer do not say what is asked
_VERY_SHORT = 1
_LIMIT = 300  # characters of the question before


def whole_question(question: str, history: Sequence[Turn]) -> str:
    """Return the question, after the citizen's question before it where it leans on that.

    Only what the citizen wrote counts: what the bot said is never a source of facts.
    """
    before = next((turn.text for turn in reversed(history) if turn.role == "user" and turn.text.strip()), "")
    if not before or not leans(question):
        return question
    return f"{before.strip()[-_LIMIT:]} {question.strip()}"


def leans(question: str) -> bool:
    """Tell whether a question does not say by itself what it is about."""
    plain = fold(normalise(question))
    matter = [word for word in words(plain) if word not in function_words()]
    if len(matter) <= _VERY_SHORT:
        return True
    opens = _OPENS.match(plain) is not None or _POINTS_BACK.search(plain) is not None
    return opens and len(matter) <= _SHORT
