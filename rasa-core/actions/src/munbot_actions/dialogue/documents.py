"""What neither scheduler nor complaints-api knows, from the office's own documents."""

import re
from typing import Any

from munbot_actions.dialogue import person
from munbot_actions.dialogue.reply import LONGEST_BUBBLE, LONGEST_TITLE, Bubble, Button
from munbot_actions.dialogue.talk import Talk, payload
from munbot_actions.protocol import ask_payload, asked_by_button
from munbot_actions.services.models import DocumentAnswer, DocumentSource
from munbot_actions.understanding.normalise import fold, shorten, words
from munbot_actions.understanding.sentences import cut, tidy

NONE = "none:"
"""Begins the `choice` of «Ninguna de estas»; the question follows."""
PAIR = "pair-"
"""Begins the document id of an answer that an official wrote to a question."""
_FEWEST_WORDS = 2
_MOST_OPTIONS = 3
_MOST_SOURCES = 2
_LONGEST_OPTION = 300
_LONGEST_DOCUMENT, _LONGEST_ARTICLE = 90, 60
_LONGEST_PASSAGE = 300
_GOES_ON = ("y ", "pero ", "entonces ")
_EVIDENCE = {
    "price": re.compile(r"\$|\butm\b|\buf\b|\bgratis\b|\bgratuit\w+|\bno (?:se cobra|tiene costo)"),
    "hours": re.compile(r"\b\d{1,2}:\d{2}\b"),
    "phone": re.compile(r"\+?\d[\d ]{6,}\d"),
    "place": re.compile(r"\b(?:calle|avenida|av|pasaje|camino|plaza|costanera)\b"),
}
"""What an answer has that tells a price, an hour, a telephone, a place; folded."""
_ARTICLE = re.compile(r"^art(?:[íi]culo|\.)\s*(\d+|[a-zñáéíóú]+)\b", re.IGNORECASE)


def answer(
    talk: Talk, question: str = "", *, aspect: str | None = None, clarify: bool = True, alone: bool = True
) -> bool:
    """Answer a question from the documents and tell whether they had something to say.

    Args:
        talk: the turn.
        question: what is asked; this message, if not given.
        aspect: what it asks about («price»), if that is known.
        clarify: whether «¿Quiso decir…?» may be the answer.
        alone: whether nothing follows in this turn, so that a long answer may have both bubbles.
    """
    question = question or talk.message.text
    if not talk.message.pressed and not _is_worth_asking(talk):
        return False
    found = talk.services.knowledge.ask(talk.tenant, question, talk.turn.history)
    if found is None:
        return False
    if not found.is_answer:
        found = _asked_whole(talk, question, aspect) or found
    if found.is_answer:
        _say(talk, found, question, alone=alone and talk.state.form is None)
        return True
    options = _telling(found.options) if found.mode == "clarify" and clarify else []
    if options:
        _ask_which(talk, options, question)
    return bool(options)


def pressed(talk: Talk) -> tuple[str, bool] | None:
    """Read a button under «¿Quiso decir…?»: the question, and whether it was chosen; None for another button."""
    if not talk.turn.pressed:
        return None
    if chosen := asked_by_button(talk.turn.text):
        return chosen, True
    choice = str(talk.turn.entities.get("choice") or "")
    return (choice.removeprefix(NONE), False) if choice.startswith(NONE) else None


def _is_worth_asking(talk: Talk) -> bool:
    message = talk.message
    return not message.is_blank and (message.word_count >= _FEWEST_WORDS or "?" in message.text)


def _asked_whole(talk: Talk, question: str, aspect: str | None) -> DocumentAnswer | None:
    """Ask «¿y cuánto cuesta?» together with the question that it goes on from.

    The answer must have what is asked for now: the question before has been answered already.
    """
    evidence = _EVIDENCE.get(aspect or "")
    before = next((said.text for said in reversed(talk.turn.history) if said.role == "user"), "")
    goes_on = talk.state.from_documents and talk.message.folded.lstrip("¿ ").startswith(_GOES_ON)
    if not (evidence and before and goes_on):
        return None
    found = talk.services.knowledge.ask(talk.tenant, f"{before} {question}", talk.turn.history)
    return found if found and found.is_answer and evidence.search(fold(found.answer)) else None


def _telling(options: list[str]) -> list[str]:
    """Keep the titles that say enough to be chosen: not «Costo», whatever it is that costs."""
    kept = [text for option in options if "?" in (text := tidy(option)) or len(words(text)) > _FEWEST_WORDS]
    return kept[:_MOST_OPTIONS] if len(kept) > 1 or any("?" in text for text in kept) else []


def _say(talk: Talk, found: DocumentAnswer, question: str, *, alone: bool) -> None:
    state = talk.state
    state.from_documents = True
    state.topic = state.topic_office = state.topic_aspect = None
    state.nudges = 0
    offers = found.handoff and state.form is None
    source = _source_line(talk, found.sources)
    texts = _bubbles(tidy(found.answer), source, two=alone and not offers)
    talk.bubbles += [Bubble(text) for text in texts]
    talk.bubbles[-1].custom["answer"] = _note(found, question)
    if offers:
        person.offer(talk, "documents.offer_person")


def _bubbles(text: str, source: str, *, two: bool) -> list[str]:
    """Part an answer into one bubble or two, the source under the last; what has no room is left out by sentences."""
    room = LONGEST_BUBBLE - (len(source) + 1 if source else 0)
    if len(text) <= room or not two:
        return ["\n".join(part for part in (cut(text, room)[0], source) if part)]
    head, rest = cut(text, min(LONGEST_BUBBLE, len(text) - 1))
    if not rest:
        return _bubbles(text, source, two=False)
    return [head, *_bubbles(rest, source, two=False)]


def _source_line(talk: Talk, sources: list[DocumentSource]) -> str:
    own = talk.texts.get("documents.own_answers")
    places = (own if source.document_id.startswith(PAIR) else _where(source) for source in sources)
    named = list(dict.fromkeys(place for place in places if place))[:_MOST_SOURCES]
    if not named:
        return ""
    return talk.texts.get("documents.sources" if len(named) > 1 else "documents.source", where="; ".join(named))


def _where(source: DocumentSource) -> str:
    """Name a passage as people do: «Ordenanza de Aseo, artículo 12»."""
    document = shorten(tidy(source.document).replace("\n", " "), _LONGEST_DOCUMENT)
    article = tidy(source.article).replace("\n", " ")
    if numbered := _ARTICLE.match(article):
        article = f"artículo {numbered.group(1)}"
    parts = (document, shorten(article, _LONGEST_ARTICLE) if article != document else "")
    return ", ".join(part for part in parts if part)


def _note(found: DocumentAnswer, question: str) -> dict[str, Any]:
    """Give what conversations keeps beside the bubble, so that the citizen can rate it."""
    sources = [
        {**source.model_dump(), "passage": shorten(tidy(source.passage), _LONGEST_PASSAGE)}
        for source in found.sources[:_MOST_OPTIONS]
    ]
    return {"id": found.answer_id, "mode": found.mode, "question": question[:500], "sources": sources}


def _ask_which(talk: Talk, options: list[str], question: str) -> None:
    options = [option.replace("\n", " ")[:_LONGEST_OPTION] for option in options]
    buttons = [Button(shorten(option, LONGEST_TITLE), ask_payload(option)) for option in options]
    none = payload("ask_question", choice=f"{NONE}{question[:_LONGEST_OPTION]}")
    talk.say("documents.clarify", *buttons, Button(talk.texts.get("buttons.none_of_these"), none))
    talk.state.settled = talk.state.form is not None
