"""Outside of forms: which form, if any, a message opens."""

from munbot_actions.dialogue import questions, wishes
from munbot_actions.dialogue.talk import Talk
from munbot_actions.understanding import answers

FORM_OF_INTENT = {
    "book_appointment": "booking_form",
    "create_complaint": "complaint_form",
    "query_appointment": "appointment_form",
    "reschedule_appointment": "appointment_form",
    "cancel_appointment": "appointment_form",
    "query_complaint": "folio_form",
}
FORM_OF_WISH = {
    "booking": "booking_form",
    "complaint": "complaint_form",
    "appointment": "appointment_form",
    "folio": "folio_form",
}
INTENT_OF_WISH = {
    "booking": "book_appointment",
    "complaint": "create_complaint",
    "appointment": "query_appointment",
    "folio": "query_complaint",
}
_UNSURE = 0.5
_SHORT = 5


def wanted_form(talk: Talk, intent: str) -> str | None:  # noqa: PLR0911 - one line for each way to say it
    """Tell which form a message opens, from its intent and from what stands in it."""
    message = talk.message
    if message.pressed:
        return _pressed_form(talk, intent)
    if message.is_blank:
        return None
    if message.folio:
        return "folio_form"
    if intent in FORM_OF_INTENT:
        asks_only = questions.is_aside(talk) and intent == "book_appointment" and talk.turn.confidence < _UNSURE
        return None if asks_only or wishes.only_asks(talk) else FORM_OF_INTENT[intent]
    if _is_about_known_hour(talk, intent):
        return "appointment_form"
    if talk.state.filed and message.word_count <= _SHORT + 1 and answers.asks_how_it_goes(message.text):
        return "folio_form"
    if intent in {"inform", "nlu_fallback"} and not questions.is_aside(talk):
        return _likely_form(talk)
    return None


def _is_about_known_hour(talk: Talk, intent: str) -> bool:
    """Tell whether a code was given, or the hour that was just booked is to be changed."""
    message = talk.message
    if message.code and intent in {"inform", "nlu_fallback", "affirm"}:
        return True
    return bool(talk.state.booked) and (answers.says_cancel(message.text) or corrects_hour(talk))


def corrects_hour(talk: Talk) -> bool:
    """Tell whether another hour is wanted for what was just booked or moved («no, mejor a las 11»)."""
    reading = talk.message.when
    if not reading.has_date and not reading.has_time:
        return False
    return answers.starts_with_no(talk.message.text) or talk.message.folded.startswith("mejor ")


def books_instead(talk: Talk) -> bool:
    """Tell whether who has no hour under their RUT wants a new one («entonces pida una nueva», «licencia»)."""
    state, message = talk.state, talk.message
    none_found = state.form == "appointment_form" and state.appointment is None and not state.choices and state.rut
    if not none_found or message.pressed or message.rut or message.code:
        return False
    wants = talk.turn.intent == "book_appointment" or answers.wants_new(message.text)
    return wants or talk.catalogue.procedure_names.best(message.without_identity) is not None


def means_topic(talk: Talk) -> bool:
    """Tell whether an hour is wanted for the procedure that was just talked of."""
    if talk.state.topic is None:
        return False
    return not talk.catalogue.procedure_names.possible(talk.message.without_identity)


def _likely_form(talk: Talk) -> str | None:
    """Guess from what stands in a message whose intent says nothing («licencia, el lunes»)."""
    turn, message = talk.turn, talk.message
    named = talk.catalogue.procedure_names.best(message.without_identity)
    if (named or talk.state.topic) and (message.when.has_date or message.when.problems):
        return "booking_form"
    if turn.guess == "create_complaint" and turn.confidence < _UNSURE:
        return "complaint_form" if talk.categories.names.match(message.text) else None
    if named and (message.word_count <= _SHORT or turn.guess == "book_appointment"):
        return "booking_form"
    return None


def _pressed_form(talk: Talk, intent: str) -> str | None:
    given = talk.turn.entities
    if intent in FORM_OF_INTENT:
        return FORM_OF_INTENT[intent]
    if given.get("choice") == "about" and given.get("procedure"):
        return None
    if "slot_start" in given or "procedure" in given:
        return "booking_form"
    if "category" in given:
        return "complaint_form"
    return "appointment_form" if "appointment" in given else None
