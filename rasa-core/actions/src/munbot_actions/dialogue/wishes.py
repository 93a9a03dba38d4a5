"""Two wishes in one conversation: the first is done, the second is remembered and offered afterwards."""

import re

from munbot_actions.dialogue.state import SecondWish, Wanted
from munbot_actions.dialogue.talk import Talk
from munbot_actions.understanding.normalise import fold

_BOOKING = re.compile(
    r"\b(?:pedir|sacar|tomar|agendar|reservar|necesito|quiero|quisiera|solicitar|pido)\b.{0,12}\b(?:h?oras?|citas?|turno)\b"
    r"|\b(?:agendar|reservar) (?:una? )?(?:h?ora|cita)"
)
_COMPLAINT = re.compile(r"\b(?:reclam\w+|denunci\w+|queja\w*|reportar)\b")
_ASKS = re.compile(r"^[¿\s]*(?:cuant[oa]s?|quien(?:es)?|cual(?:es)?|que es|que significa)\b")
_ALSO = re.compile(
    r"\s*(?:[,.;]\s*)?\b(?:y\s+)?(?:adem[aá]s|tambi[eé]n|aparte|de paso|y)\b\s*(?:de eso\s*)?", re.IGNORECASE
)
_MAX = 3
_SURE = 0.6
_KNOWN = re.compile(r"\b(?:h?oras?|citas?|reclamos?|folio)\b")
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


def split(text: str) -> tuple[Wanted, str, SecondWish] | None:
    """Part a message that asks for both an appointment and a complaint.

    Returns:
        The first wish, its words, and the second; None when there are not two.
    """
    folded = fold(text)
    booking, complaint = _BOOKING.search(folded), _COMPLAINT.search(folded)
    if not booking or not complaint:
        return None
    if abs(booking.start() - complaint.start()) < 8:
        return None
    second_at = max(booking.start(), complaint.start())
    cut = next((m for m in reversed(list(_ALSO.finditer(text))) if m.end() <= second_at + 12 and m.start() > 0), None)
    if cut is None:
        return None
    first, second = text[: cut.start()].strip(" ,.;"), text[cut.end() :].strip(" ,.;")
    if not first or not second:
        return None
    if booking.start() < complaint.start():
        return "booking", first, SecondWish(kind="complaint", text=second)
    return "complaint", first, SecondWish(kind="booking", text=second)


def remember(talk: Talk) -> bool:
    """Note another wish that comes up inside a form; tell whether there was one."""
    state, turn, message = talk.state, talk.turn, talk.message
    if message.pressed or state.asked == "description":
        return False
    folded = message.folded
    wish: SecondWish | None = None
    if state.form != "booking_form" and turn.intent == "book_appointment" and _BOOKING.search(folded):
        wish = SecondWish(kind="booking", text=message.text[:500])
    elif state.form != "complaint_form" and turn.intent == "create_complaint" and _COMPLAINT.search(folded):
        wish = SecondWish(kind="complaint", text=message.text[:500])
    elif kind := _OTHER.get(turn.intent):
        form, wanted = kind
        told = _KNOWN.search(folded) and turn.confidence >= _SURE
        if state.form not in {form, "appointment_form"} and told:
            wish = SecondWish(kind=wanted, text=message.text[:500])
    if wish is None:
        return False
    add(talk, wish)
    return True


def add(talk: Talk, wish: SecondWish) -> None:
    """Keep a wish for later and say so."""
    kept = [w for w in talk.state.wishes if w.kind != wish.kind]
    talk.state.wishes = [*kept, wish][-_MAX:]
    talk.say(f"wishes.noted_{wish.kind}")


def offer(talk: Talk, before: str | None = None) -> bool:
    """Offer the wish that was remembered; tell whether there was one.

    Args:
        talk: the turn.
        before: a text that is put before the offer.
    """
    if not talk.state.wishes:
        return False
    kind = talk.state.wishes[0].kind
    talk.state.pending = "wish"
    if before:
        talk.say(before)
    talk.say(f"wishes.offer_{kind}", talk.button("accept", "affirm"), talk.button("refuse", "deny"))
    return True
