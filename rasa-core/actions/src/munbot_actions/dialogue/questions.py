"""Questions about procedures, offices and hours: from the scheduler's data, and from documents what it cannot tell."""

import re

from munbot_actions.dialogue import documents
from munbot_actions.dialogue.papers import listed
from munbot_actions.dialogue.reply import Bubble, Button
from munbot_actions.dialogue.talk import Talk, payload
from munbot_actions.services.models import Office, Procedure
from munbot_actions.understanding import answers
from munbot_actions.understanding.normalise import fold, shorten

FAQ = frozenset({"ask_procedure", "ask_opening_hours", "ask_location", "ask_question"})
SMALL = frozenset({"ask_capabilities", "greet", "thank", "wait", "goodbye"})

_PAPERS = re.compile(
    r"\b(?:papel\w*|document\w*|requisito\w*|llevar|llevo|presentar|piden|necesito para|que necesito|que se necesita|"
    r"antecedentes)\b"
)
_PRICE = re.compile(
    r"\b(?:cuanto (?:cuesta|vale|sale|es|hay que pagar|se paga|pago|cobran)|precio|valor|costo|cobran|tarifa|gratis|"
    r"pagar|paga)\b"
)
_DURATION = re.compile(r"\b(?:cuanto (?:dura|demora|se demora|tiempo)|demora)\b")
_PLACE = re.compile(r"\b(?:donde|adonde|direccion|ubicad\w*|ubicacion|queda\w*|como llego|llegar)\b")
_SHORT = 6
_HOURS = re.compile(
    r"\b(?:horario\w*|a que hora|atienden|atencion|abre\w*|abiert\w*|cierra\w*|que dias|hasta que hora)\b"
)
_PHONE = re.compile(r"\b(?:telefono|numero|llamar|fono|correo|mail|email)\b")
_ASPECTS = (
    ("price", _PRICE),
    ("papers", _PAPERS),
    ("duration", _DURATION),
    ("hours", _HOURS),
    ("place", _PLACE),
    ("phone", _PHONE),
)


def is_aside(talk: Talk) -> bool:
    """Tell whether the message, inside a form, asks something that the form does not ask for."""
    intent, message = talk.turn.intent, talk.message
    if message.pressed or message.is_blank:
        return False
    if talk.state.asked == "description" and not answers.is_question(message.text):
        return False
    asks = answers.is_question(message.text)
    folded = message.folded
    if asks and (_aspect(folded) is not None):
        return intent != "book_appointment" or not message.when.has_date
    return intent in FAQ and asks and talk.turn.confidence >= 0.4


def answer(talk: Talk, *, clarify: bool = True) -> bool:
    """Answer a question and tell whether it was known.

    The scheduler knows hours, places, papers and prices better than any document; what it cannot tell precisely, the
    documents are asked first. What nobody knows is said, recorded, and outside of forms a person is offered.

    Args:
        talk: the turn.
        clarify: whether «¿Quiso decir…?» may be the answer.
    """
    said = len(talk.bubbles)
    folded = talk.message.folded
    aspect = _aspect(folded) or {"ask_opening_hours": "hours", "ask_location": "place"}.get(talk.turn.intent)
    procedure = _procedure(talk)
    office = _office(talk, procedure)
    named = _named(talk)
    known = _is_known(talk, aspect, procedure)
    doubts = not known or aspect in {"hours", "place", "phone"}  # a list of offices is hardly what was meant
    precise = known and _is_precise(talk, aspect)
    if not precise and _from_documents(talk, named, aspect, clarify=clarify and doubts):
        return True
    if named is None and talk.state.form is None and _names_something_else(talk):
        procedure = None  # what was talked of before is not what is asked about now
    talk.state.from_documents = False
    talk.state.topic_office = office.id if office else None
    talk.state.topic_aspect = aspect
    if aspect == "hours":
        _say_hours(talk, office, procedure)
    elif aspect == "place":
        _say_place(talk, office, procedure)
    elif aspect == "phone" and any(o.phone for o in _offices(talk, office, procedure)):
        _say_phones(talk, office, procedure)
    elif procedure is None and (talk.turn.intent == "ask_procedure" or aspect in {"papers", "price", "duration"}):
        return _ask_which(talk)
    elif procedure is not None and (aspect or talk.turn.intent == "ask_procedure"):
        talk.state.topic = procedure.id
        return _say_procedure(talk, procedure, aspect)
    else:
        return unknown(talk)
    return len(talk.bubbles) > said


def unknown(talk: Talk, question: str = "") -> bool:
    """Say honestly that the answer is not known, record the question, and offer a person; always False."""
    talk.note_unanswered(question)
    if talk.state.form:
        talk.say("questions.unknown_in_form")
        return False
    talk.state.pending = "person"
    talk.say("questions.unknown", talk.button("person", "ask_human"), talk.button("refuse", "deny"))
    return False


def takes_button(talk: Talk) -> bool:
    """Answer a button under «¿Quiso decir…?»; tell whether it was one."""
    button = documents.pressed(talk)
    if button is None:
        return False
    question, chosen = button
    talk.state.pending = None
    if not (chosen and documents.answer(talk, question, clarify=False)):
        unknown(talk, question)
    return True


def about(talk: Talk, procedure: Procedure) -> None:
    """Say what a procedure needs; chosen by a button outside of a form."""
    talk.state.topic = procedure.id
    _say_procedure(talk, procedure, None)


def _from_documents(talk: Talk, named: Procedure | None, aspect: str | None, *, clarify: bool) -> bool:
    """Answer from documents; about a procedure that can be booked, an hour is offered besides."""
    books = named is not None and talk.state.form is None and talk.turn.intent == "ask_procedure"
    if not documents.answer(talk, aspect=aspect, clarify=clarify, alone=not books):
        return False
    if books and named and talk.state.from_documents and talk.state.pending is None:
        talk.state.topic, talk.state.pending = named.id, "book"
        talk.say("questions.offer_book", talk.button("book_this", "affirm"), talk.button("refuse", "deny"))
    return True


def _is_known(talk: Talk, aspect: str | None, procedure: Procedure | None) -> bool:
    """Tell whether the scheduler has something to say to a question, however well it fits."""
    if aspect in {"hours", "place"}:
        return True
    if aspect == "phone":
        return any(office.phone for office in talk.catalogue.offices.values())
    if procedure is None:
        return False
    if aspect == "price":
        return bool(procedure.price_text)
    if aspect == "duration":
        return bool(procedure.duration_minutes)
    return bool(procedure.required_papers) and (aspect == "papers" or talk.turn.intent == "ask_procedure")


def _is_precise(talk: Talk, aspect: str | None) -> bool:
    """Tell whether a question asks no more than what the scheduler tells: an aspect, and names that it knows.

    «¿A qué hora atienden en tránsito?» does; «¿a qué hora abre la piscina?» has a word that no office has, and «¿y
    cuánto cuesta?» after an answer from documents means that one.
    """
    if aspect is None:
        return False
    text = talk.message.without_identity
    after_documents = talk.state.from_documents and talk.state.form is None
    if after_documents and not talk.catalogue.procedure_names.possible(text):
        return bool(talk.catalogue.office_names.possible(text)) and not _strange_words(talk)
    return not _strange_words(talk)


def _strange_words(talk: Talk) -> set[str]:
    """Give the words of a question that neither ask something we know nor belong to any procedure or office."""
    rest = fold(talk.message.without_identity)
    for _, pattern in _ASPECTS:
        rest = pattern.sub(" ", rest)
    catalogue = talk.catalogue
    return set(catalogue.procedure_names.unknown_words(rest)) & set(catalogue.office_names.unknown_words(rest))


def _names_something_else(talk: Talk) -> bool:
    """Tell whether a question has a subject of its own («¿qué piden para la beca?»), and so no earlier one."""
    return bool(_strange_words(talk)) and not talk.message.folded.lstrip("¿ ").startswith("y ")


def _named(talk: Talk) -> Procedure | None:
    found = talk.catalogue.procedure_names.match(talk.message.without_identity)
    return talk.catalogue.procedures[found[0].id] if found else None


def _aspect(folded: str) -> str | None:
    return next((aspect for aspect, pattern in _ASPECTS if pattern.search(folded)), None)


def _procedure(talk: Talk) -> Procedure | None:
    """Give the procedure that is asked about: named, in hand, or last talked of."""
    procedures = talk.catalogue.procedures
    known = (procedures.get(item or "") for item in (talk.state.procedure, talk.state.topic))
    return _named(talk) or next((procedure for procedure in known if procedure), None)


def _office(talk: Talk, procedure: Procedure | None) -> Office | None:
    catalogue = talk.catalogue
    named = catalogue.office_names.best(talk.message.without_identity)
    if named:
        return catalogue.offices[named]
    known = talk.office(talk.state.office or talk.state.topic_office)
    if known:
        return known
    offices = catalogue.offices_of(procedure) if procedure else list(catalogue.offices.values())
    return offices[0] if len(offices) == 1 else None


def _offices(talk: Talk, office: Office | None, procedure: Procedure | None) -> list[Office]:
    if office:
        return [office]
    offices = talk.catalogue.offices_of(procedure) if procedure else []
    return (offices or list(talk.catalogue.offices.values()))[:3]


def _say_hours(talk: Talk, office: Office | None, procedure: Procedure | None) -> None:
    lines = [
        talk.texts.get("questions.hours_line", office=o.name, hours=o.hours_text.strip(" .") or "—")
        for o in _offices(talk, office, procedure)
    ]
    talk.say("questions.hours", lines="\n".join(lines))


def _say_phones(talk: Talk, office: Office | None, procedure: Procedure | None) -> None:
    lines = [
        talk.texts.get("questions.phone_line", office=o.name, phone=o.phone)
        for o in _offices(talk, office, procedure)
        if o.phone
    ]
    talk.say("questions.phone", lines="\n".join(lines))


def goes_on(talk: Talk) -> bool:
    """Answer «¿y el de obras?»: the same question about another office; tell whether it was one."""
    message, state = talk.message, talk.state
    if state.topic_aspect not in {"hours", "place", "phone"} or message.word_count > _SHORT:
        return False
    office = talk.catalogue.office_names.best(message.without_identity)
    if not office or not message.folded.lstrip("¿ ").startswith("y "):
        return False
    state.topic_office = office
    say = {"hours": _say_hours, "place": _say_place, "phone": _say_phones}[state.topic_aspect]
    say(talk, talk.office(office), None)
    return True


def _say_place(talk: Talk, office: Office | None, procedure: Procedure | None) -> None:
    offices = _offices(talk, office, procedure)
    lines = [talk.texts.get("questions.place_line", office=o.name, address=o.address or "—") for o in offices]
    talk.say("questions.place", lines="\n".join(lines))
    if len(offices) == 1 and offices[0].code:
        talk.bubbles[-1].image = f"/api/imagenes/catalogos/{talk.turn.tenant}-oficinas/{offices[0].code.lower()}"


def _say_procedure(talk: Talk, procedure: Procedure, aspect: str | None) -> bool:
    name = procedure.name
    if aspect == "price" and procedure.price_text:
        talk.say("questions.price", procedure=name, price=procedure.price_text.strip(" ."))
    elif aspect == "duration" and procedure.duration_minutes:
        talk.say("questions.duration", procedure=name, minutes=procedure.duration_minutes)
    elif procedure.required_papers:
        talk.bubbles.append(Bubble(listed(talk.texts, "questions.papers", procedure.required_papers, procedure=name)))
    elif procedure.description:
        talk.say("questions.description", procedure=name, description=shorten(procedure.description, 300))
    else:
        return unknown(talk)
    if talk.state.form is None:
        talk.state.pending = "book"
        talk.say("questions.offer_book", talk.button("book_this", "affirm"), talk.button("refuse", "deny"))
    return True


def _ask_which(talk: Talk) -> bool:
    unknown_words = talk.catalogue.procedure_names.unknown_words(talk.message.without_identity)
    if talk.state.form:
        return unknown(talk) if unknown_words else True
    if unknown_words:
        talk.note_unanswered()
    procedures = list(talk.catalogue.procedures.values())
    buttons = [Button(p.name, payload("inform", procedure=p.id, choice="about")) for p in procedures[:5]]
    talk.say("questions.which", *buttons)
    return True
