"""Greetings, thanks, what the bot can do, and what is not its business."""

import re

from munbot_common.client import ServiceAway, ServiceProblem

from munbot_actions.dialogue import documents, person, questions
from munbot_actions.dialogue.people import first_name
from munbot_actions.dialogue.reply import Button
from munbot_actions.dialogue.talk import Talk, payload
from munbot_actions.understanding import answers

_HELLO = re.compile(
    r"^\W*(?:hola+|ola+|holi\w*|buenas|buenos dias|buen dia|buenas (?:tardes|noches)|alo|saludos|hi|hello)\b",
    re.IGNORECASE,
)

_SURE = 0.5
_FEW = 2
_WAVES = "👋🙋🤝"
_CROSS = "😠😡🤬👿💢🖕"
_OK_THANKS = re.compile(r"^(?:ok\w*|oki|ya|bueno|vale|perfecto|listo|super|genial)[, ]+(?:muchas |mil )?gracias\W*$")


def says_hello(text: str) -> bool:
    """Tell whether a message begins with a greeting."""
    return bool(_HELLO.search(text.replace("í", "i")))


def only_thanks(talk: Talk) -> bool:
    """Tell whether a yes is a polite end («ok, gracias») rather than a yes."""
    return not talk.message.pressed and bool(_OK_THANKS.match(talk.message.folded))


def menu(talk: Talk) -> list[Button]:
    """Give the buttons of what the bot can do."""
    return [
        talk.button("book", "book_appointment"),
        talk.button("complain", "create_complaint"),
        talk.button("my_hour", "query_appointment"),
        talk.button("follow", "query_complaint"),
    ]


def answer(talk: Talk, intent: str) -> None:
    """Answer a message that opens no form."""
    message, state = talk.message, talk.state
    unsure = intent in {"nlu_fallback", "inform"}
    if message.pressed:
        _pressed(talk, intent)
    elif message.is_blank:
        _blank(talk)
    elif questions.goes_on(talk):
        return
    elif intent == "greet" or (unsure and says_hello(message.text) and not state.greeted):
        _greet(talk)
    elif only_thanks(talk):
        _small(talk, "thank")
    elif intent == "nlu_fallback" or (unsure and not questions.is_aside(talk)):
        _not_understood(talk)
    elif intent in questions.FAQ or (questions.is_aside(talk) and intent != "out_of_scope"):
        questions.answer(talk)
    elif not (_is_doubtful(talk) and documents.answer(talk, clarify=False)):
        _small(talk, intent)


def _is_doubtful(talk: Talk) -> bool:
    """Tell whether what seems small talk may well be a question: the classifier was not sure, and there are words."""
    return talk.turn.confidence < _SURE and talk.message.word_count > _FEW


def _blank(talk: Talk) -> None:
    """Answer emoji and signs: a waved hand is a greeting, a cross face or the second time in a row wants a person."""
    said = talk.message.text
    if any(sign in said for sign in _WAVES):
        _greet(talk)
        return
    talk.state.nudges += 1
    if talk.state.nudges % 2 == 0 or any(sign in said for sign in _CROSS):
        person.offer(talk, "person.offer_third")
        return
    talk.say("smalltalk.blank", *menu(talk))


def _small(talk: Talk, intent: str) -> None:
    if intent == "out_of_scope":
        if documents.answer(talk, clarify=False):
            return
        talk.note_unanswered()
        talk.say("smalltalk.out_of_scope", *menu(talk))
        return
    if intent == "ask_human":
        person.offer(talk, "person.offer")
        return
    key = {
        "ask_capabilities": "smalltalk.capabilities",
        "thank": "smalltalk.thank",
        "goodbye": "smalltalk.goodbye",
        "wait": "smalltalk.wait",
        "affirm": "smalltalk.affirm",
        "deny": "smalltalk.deny",
    }.get(intent, "smalltalk.fallback")
    buttons = menu(talk) if intent in {"ask_capabilities", "affirm"} or key.endswith("fallback") else []
    talk.say(key, *buttons, name=first_name(talk))


def _greet(talk: Talk) -> None:
    if talk.state.greeted:
        talk.say("smalltalk.greet_again", *menu(talk), name=first_name(talk))
        return
    talk.state.greeted = True
    try:
        office = talk.services.conversations.tenant(talk.tenant).name
    except (ServiceAway, ServiceProblem):
        office = ""
    key = "smalltalk.greet" if office else "smalltalk.greet_plain"
    talk.say(key, *menu(talk), office=office, name=first_name(talk))


def _pressed(talk: Talk, intent: str) -> None:
    chosen = talk.turn.entities.get("procedure")
    procedure = talk.catalogue.procedures.get(str(chosen)) if chosen else None
    if procedure:
        questions.about(talk, procedure)
    elif intent == "greet":
        _greet(talk)
    elif intent in {"affirm", "deny", "thank", "goodbye", "ask_capabilities"}:
        _small(talk, intent)
    else:
        talk.say("smalltalk.stale_button", *menu(talk))


def _not_understood(talk: Talk) -> None:
    """First ask for other words; the second time in a row offer a person. The question is recorded each time."""
    english = answers.is_english(talk.message.text)
    guess = talk.catalogue.procedure_names.best(talk.message.without_identity)
    asks = answers.is_question(talk.message.text) and guess is None
    if not english and documents.answer(talk, clarify=asks):
        return
    talk.note_unanswered()
    talk.state.nudges += 1
    if talk.state.nudges % 2 == 0:
        person.offer(talk, "person.offer_third")
        return
    if english:
        talk.say("smalltalk.english", *menu(talk))
        return
    if guess:
        name = talk.catalogue.procedures[guess].name
        about = Button(talk.texts.get("buttons.about"), payload("inform", procedure=guess, choice="about"))
        book = Button(talk.texts.get("buttons.book"), payload("inform", procedure=guess))
        talk.say("smalltalk.which_about", book, about, procedure=name)
        return
    talk.say("smalltalk.fallback", *menu(talk))
