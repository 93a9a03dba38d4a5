"""Two wishes in one conversation: the first is done, the second is remembered and offered afterwards."""

import re

from munbot_common.client import ServiceAway

from munbot_actions.dialogue import documents
from munbot_actions.dialogue.state import SecondWish, Wanted
from munbot_actions.dialogue.talk import Talk
from munbot_actions.understanding import answers
from munbot_actions.understanding.message import Message
from munbot_actions.understanding.normalise import LONGEST

_BOOKING = re.compile(
    r"\b(?:pedir|sacar|tomar|agendar|reservar|necesito|quiero|quisiera|solicitar|pido)\b.{0,12}\b(?:h?oras?|citas?|turno)\b"
    r"|\b(?:agendar|reservar) (?:una? )?(?:h?ora|cita)"
)
_COMPLAINT = re.compile(r"\b(?:reclam\w+|denunci\w+|queja\w*|reportar)\b")
_ASKS = re.compile(r"^[¿\s]*(?:cuant[oa]s?|quien(?:es)?|cual(?:es)?|que es|que significa)\b")
_ALSO = re.compile(
    r"\s*(?:[,.;]\s*)?\b(?:y\s+)?(?:adem[aá]s|tambi[eé]n|aparte|de paso|y)\b\s*(?:de eso\s*)?", re.IGNORECASE
)
_ANOTHER = re.compile(r"\botra (?:h?ora|cita)\b")
_AND = re.compile(r"\b(?:tambien|ademas|aparte)\b")
_MAX = 3
_SURE = 0.6
_LONGEST_QUESTION = 14
"""Words of a question; a story is longer."""
_WRONG = re.compile(r"\b(?:no|nunca|nadie|por ?que|hace|lleva\w*|hasta cuando)\b")
_STORY = 3
"""Words that a story has at least."""
_LONGEST_NAME = 6
"""Words of a person's name."""
_KNOWN = re.compile(r"\b(?:h?oras?|citas?|reclamos?|folio)\b")
_STORY_INTENTS = frozenset({"create_complaint", "inform", "nlu_fallback", "out_of_scope"})
_OTHER: dict[str, tuple[str, Wanted]] = {
    "query_appointment": ("appointment_form", "appointment"),
    "reschedule_appointment": ("appointment_form", "appointment"),
    "cancel_appointment": ("appointment_form", "appointment"),
    "query_complaint": ("folio_form", "folio"),
}


def only_asks(talk: Talk) -> bool:
    """Tell whether a message that sounds like a complaint is a mere question («¿cuántos árboles plantaron?»)."""
    folded = talk.message.folded
    asks = talk.turn.intent == "create_complaint" and bool(_ASKS.search(folded))
    return asks and not _COMPLAINT.search(folded)


def is_answered(talk: Talk) -> bool:
    """Answer from documents what only sounds like a complaint («¿qué día pasa la basura?»); tell whether it was done.

    Who names a place, says what does not work, or asks why, tells a complaint. The form is offered all the same.
    """
    message, folded = talk.message, talk.message.folded
    if message.pressed or talk.turn.intent != "create_complaint" or message.word_count > _LONGEST_QUESTION:
        return False
    asks = answers.is_question(message.text) and not _COMPLAINT.search(folded)
    if not asks or message.place is not None or _WRONG.search(folded):
        return False
    if not documents.answer(talk, clarify=False, alone=False):
        return False
    complain = talk.button("complain", "create_complaint")
    talk.say("documents.offer_complaint", complain, talk.button("refuse", "deny"))
    return True


def split(talk: Talk) -> tuple[Wanted, str, SecondWish] | None:
    """Part a message that asks for both an appointment and a complaint.

    Returns:
        The first wish, its words, and the second; None when there are not two.
    """
    text, folded = talk.message.text, talk.message.folded
    booking, complaint = _BOOKING.search(folded), _COMPLAINT.search(folded)
    if not complaint or (booking and abs(booking.start() - complaint.start()) < 8):
        return None
    cut = _cut(text, max(booking.start() if booking else 0, complaint.start()))
    first, second = (text[: cut.start()].strip(" ,.;"), text[cut.end() :].strip(" ,.;")) if cut else ("", "")
    if not first or not second:
        return None
    if booking and booking.start() > complaint.start():
        return "complaint", first, SecondWish(kind="booking", text=second)
    if booking or (not answers.is_question(first) and talk.catalogue.procedure_names.best(first)):
        return "booking", first, SecondWish(kind="complaint", text=second)
    return None


def listen(talk: Talk) -> bool:
    """Keep a complaint or another hour that comes up while something else is being done, before the form reads it.

    A story has days and places in it that are not the form's («no pasa la basura desde el lunes»). Of a message that
    holds both («el jueves, y además quiero reclamar por…») the form is left the first part.

    Returns:
        Whether nothing of the message is left for the form.
    """
    state, message = talk.state, talk.message
    if message.pressed or state.form == "complaint_form":
        return False
    if both := _parted(message) or _parted_story(talk):
        answer, wish = both
        add(talk, SecondWish(kind="complaint", text=wish))
        talk.message = Message(answer, talk.now, asked=state.asked)
        return False
    if state.form == "booking_form" and _wants_another(message):
        add(talk, SecondWish(kind="booking", text=message.text))
        return True
    if not tells_complaint(talk):
        return False
    add(talk, SecondWish(kind="complaint", text=message.text))
    who = ", ".join(found.text for found in (message.rut, message.phone, message.email) if found)
    talk.message = Message(who, talk.now, asked=state.asked)
    return not who


def _wants_another(message: Message) -> bool:
    """Tell whether a second hour is wanted («otra hora para mi mamá»), and not another in place of this."""
    besides = bool(_AND.search(message.folded)) or answers.is_for_another(message.text)
    return besides and bool(_ANOTHER.search(message.folded))


def _parted(message: Message) -> tuple[str, str] | None:
    """Part «15.482.903-2, y también quiero reclamar por…» into an answer and a complaint."""
    complaint = _COMPLAINT.search(message.folded)
    cut = _cut(message.text, complaint.start()) if complaint else None
    if cut is None:
        return None
    first, second = message.text[: cut.start()].strip(" ,.;"), message.text[cut.end() :].strip(" ,.;")
    said = Message(first, message.now, asked=message.asked)
    who = said.rut or said.phone or said.email or (message.asked == "name" and said.name)
    answers_something = who or said.yes is not None or not said.when.is_empty
    return (first, second) if second and answers_something else None


def _parted_story(talk: Talk) -> tuple[str, str] | None:
    """Part «licencia, el martes a las 10, y hay un bache en mi calle»: after the «y», what is wrong."""
    message = talk.message
    if message.asked not in {"procedure", "slot_start"} or not tells_complaint(talk):
        return None
    for joint in _ALSO.finditer(message.text):
        first, second = message.text[: joint.start()].strip(" ,.;"), message.text[joint.end() :].strip(" ,.;")
        if not second or not talk.categories.names.match(second) or talk.categories.names.match(first):
            continue
        said = Message(first, message.now, asked=message.asked)
        if not said.when.is_empty or talk.catalogue.procedure_names.possible(said.without_identity):
            return first, second
    return None


def _cut(text: str, second_at: int) -> re.Match[str] | None:
    """Find the word that joins two wishes («y además»), before the second of them."""
    joints = reversed(list(_ALSO.finditer(text)))
    return next((m for m in joints if m.end() <= second_at + 12 and m.start() > 0), None)


def tells_complaint(talk: Talk) -> bool:
    """Tell whether a message tells what is wrong somewhere; once a complaint is noted, a hint is enough."""
    turn, message = talk.turn, talk.message
    complains = turn.intent == "create_complaint" and not message.pressed
    if complains and _COMPLAINT.search(message.folded):
        return True
    shortest = _LONGEST_NAME + 1 if talk.state.asked == "name" else _STORY
    if message.pressed or message.word_count < shortest or message.yes is not None or only_asks(talk):
        return False
    noted = any(wish.kind == "complaint" for wish in talk.state.wishes)
    if not noted:
        return complains and turn.confidence >= _SURE and _names_category(talk)
    if answers.is_question(message.text) and not complains:
        return False
    where = message.place is not None and turn.intent not in {"book_appointment", *_OTHER}
    return complains or where or turn.guess == "create_complaint" or _names_category(talk)


def _names_category(talk: Talk) -> bool:
    try:
        return bool(talk.categories.names.match(talk.message.without_identity))
    except ServiceAway:
        return False  # what is being done now must not wait for the complaints


def remember(talk: Talk, *, telling: bool) -> bool:
    """Note another wish that comes up inside a form; tell whether there was one.

    Args:
        talk: the turn.
        telling: whether the message before asked for a complaint and did not say which.
    """
    state, turn, message = talk.state, talk.turn, talk.message
    if message.pressed or state.asked == "description":
        return False
    folded = message.folded
    wish: SecondWish | None = None
    if state.form != "booking_form" and turn.intent == "book_appointment" and _BOOKING.search(folded):
        wish = SecondWish(kind="booking", text=message.text)
    elif kind := _OTHER.get(turn.intent):
        form, wanted = kind
        told = _KNOWN.search(folded) and turn.confidence >= _SURE
        if state.form not in {form, "appointment_form"} and told:
            wish = SecondWish(kind=wanted, text=message.text)
    elif telling and turn.intent in _STORY_INTENTS and message.word_count > _STORY:
        wish = SecondWish(kind="complaint", text=message.text)
    if wish is None:
        return False
    add(talk, wish)
    return True


def add(talk: Talk, wish: SecondWish) -> None:
    """Keep a wish for later and say so; what is told of a complaint is put to what was told before."""
    state = talk.state
    before = next((w for w in state.wishes if w.kind == wish.kind), None)
    text = _ALSO.sub("", wish.text, count=1) if _ALSO.match(wish.text) else wish.text
    more = wish.kind == "complaint" and before is not None
    if more and before and answers.complaint_words(before.text):
        text = f"{before.text.rstrip(' .')}. {text}"
    kept = [w for w in state.wishes if w is not before]
    state.wishes = [*kept, SecondWish(kind=wish.kind, text=text[:LONGEST])][-_MAX:]
    state.telling = wish.kind == "complaint" and not answers.complaint_words(text)
    talk.say("wishes.more_complaint" if more and not state.telling else f"wishes.noted_{wish.kind}")


def offer(talk: Talk, before: str | None = None) -> bool:
    """Offer the wish that was remembered; tell whether there was one.

    Args:
        talk: the turn.
        before: a text that is put before the offer.
    """
    if not talk.state.wishes:
        return False
    kind = talk.state.wishes[0].kind
    noted = {talk.texts.get(key) for key in (f"wishes.noted_{kind}", "wishes.more_complaint")}
    talk.bubbles = [bubble for bubble in talk.bubbles if bubble.text not in noted]  # the offer says as much
    talk.state.pending = "wish"
    if before:
        talk.say(before)
    talk.say(f"wishes.offer_{kind}", talk.button("accept", "affirm"), talk.button("refuse", "deny"))
    return True
