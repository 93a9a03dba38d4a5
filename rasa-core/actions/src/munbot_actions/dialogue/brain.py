"""One turn from beginning to end: who answers a message, and what happens when a service is away."""

import traceback
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from munbot_common.client import ServiceAway, ServiceProblem
from munbot_common.logs import get_logger

from munbot_actions.dialogue import form as forms
from munbot_actions.dialogue import opening, people, person, questions, reminders, shared, smalltalk, wishes
from munbot_actions.dialogue.appointment import AppointmentForm
from munbot_actions.dialogue.booking import Booking
from munbot_actions.dialogue.buttons import pressed_by_words
from munbot_actions.dialogue.complaint import ComplaintForm
from munbot_actions.dialogue.folio import FolioForm
from munbot_actions.dialogue.form import Form
from munbot_actions.dialogue.hours import Hours
from munbot_actions.dialogue.offers import Offers
from munbot_actions.dialogue.reply import Bubble, Texts, as_responses, pack
from munbot_actions.dialogue.state import SecondWish, State
from munbot_actions.dialogue.talk import Services, Talk
from munbot_actions.protocol import Turn, answer
from munbot_actions.understanding import answers
from munbot_actions.understanding.message import Message

log = get_logger("brain")

IDLE = timedelta(minutes=30)
"""After this silence inside a form the bot says where it was."""

FORMS = frozenset(opening.FORM_OF_INTENT.values())
ACTIONS = frozenset({f"validate_{name}" for name in FORMS} | {"action_answer"})
"""What Rasa's domain lists under `actions`."""


class Brain:
    """Lead the dialogue.

    Args:
        services: the rooms that know.
        texts: what citizens read.
    """

    def __init__(self, services: Services, texts: Texts) -> None:
        self._services = services
        self._texts = texts

    def take(self, turn: Turn) -> dict[str, Any]:
        """Answer one action call of Rasa: events and bubbles."""
        state = State.load(turn.slots, turn.active_loop)
        key = f"{turn.message_id}:{turn.now.timestamp():.3f}"
        if state.turn == key:  # Rasa runs a form again after its first action; the message was answered already
            return answer({"requested_slot": state.requested}, state.form, [])
        state.turn = key
        opening = turn.action.removeprefix("validate_")
        if opening in FORMS and turn.active_loop == opening and not turn.slots.get("requested_slot"):
            state.form = None  # Rasa has just opened it; whether it stays open is decided here
        bubbles = pack(self._bubbles(pressed_by_words(turn, turn.office_asks or state.buttons), state))
        state.buttons = {button.title: button.payload for bubble in bubbles for button in bubble.buttons}
        return answer(state.changes(turn.slots), state.form, as_responses(bubbles))

    def _bubbles(self, turn: Turn, state: State) -> list[Bubble]:
        message = Message(turn.text, turn.local_now, asked=state.asked, pressed=turn.pressed)
        talk = Talk(turn, state, self._services, self._texts, message)
        kept = state.model_copy(deep=True)
        try:
            self._lead(talk)
        except ServiceAway as error:
            log.warning("service_away", kind=str(error)[:80])
            return self._away(talk, kept)
        except ServiceProblem as problem:
            log.error("service_refused", code=problem.code, status=problem.status)
            return self._away(talk, kept)
        except Exception as error:  # noqa: BLE001 - the citizen gets an answer whatever happens
            log.error("turn_failed", kind=type(error).__name__, where=_where(error))
            return self._away(talk, kept)
        if not talk.bubbles:
            talk.say("smalltalk.fallback", *smalltalk.menu(talk))
        if talk.unanswered:
            talk.bubbles[-1].custom["unanswered"] = talk.unanswered
        return talk.bubbles

    def _away(self, talk: Talk, kept: State) -> list[Bubble]:
        """Say kindly that it cannot be done now; form and question stay, and what this message said is kept."""
        state = talk.state
        form = kept.form or (state.form if state.form in FORMS else None)
        learnt = {name: getattr(state, name) for name in ("procedure", "description", "attempt")}
        learnt["wishes"] = max(state.wishes, kept.wishes, key=lambda wishes: sum(len(wish.text) for wish in wishes))
        for name in State.model_fields:
            setattr(state, name, getattr(kept, name))
        for name, value in learnt.items():
            setattr(state, name, value or getattr(state, name))
        if form:
            people.hear_person(talk)
        if form == "booking_form" and state.slot_start is None and not talk.message.pressed:
            Hours(talk, None).hear(open_to_numbers=False)  # no procedure: nothing is asked of anybody
        state.form, state.away = form, True
        talk.bubbles.clear()
        talk.say("form.away_kept" if form else "form.away")
        return talk.bubbles

    def _lead(self, talk: Talk) -> None:
        state, turn = talk.state, talk.turn
        shared.note(talk)
        if self._is_aside(talk):
            if state.form and not state.settled:
                self._form(talk).advance()
            return
        if self._answers_pending(talk):
            return
        if state.form and self._is_back(talk):
            self._welcome_back(talk)
            return
        if opening.books_instead(talk):
            talk.hear_instead(answers.without_new(talk.message.text), "book_appointment")
            self._start(talk, "booking_form")
            return
        if state.form:
            forms.step(talk, self._form(talk))
            return
        self._open(talk, turn.intent)

    def _is_aside(self, talk: Talk) -> bool:
        """Take what has nothing to do with the form in hand: it may go on, unless it is settled."""
        if reminders.answers(talk) or questions.takes_button(talk):
            return True
        if not shared.is_all(talk) or talk.state.form in {None, "complaint_form"}:
            return False
        shared.acknowledge(talk, "kept")
        return True

    def _form(self, talk: Talk) -> Form:
        kinds: dict[str, type[Form]] = {
            "booking_form": Booking,
            "complaint_form": ComplaintForm,
            "appointment_form": AppointmentForm,
            "folio_form": FolioForm,
        }
        made: Form = kinds[talk.state.form or ""](talk)  # type: ignore[call-arg]
        return made

    def _open(self, talk: Talk, intent: str) -> None:
        """Answer a message outside of any form."""
        state, message = talk.state, talk.message
        if person.is_wanted(talk):
            person.hand_over(talk)
            return
        if self._starts_anew(talk):
            return
        if not message.pressed and (two := wishes.split(talk)):
            first, words, second = two
            self._greet_first(talk)
            wishes.add(talk, second)
            talk.hear_instead(words, opening.INTENT_OF_WISH[first])
            self._start(talk, opening.FORM_OF_WISH[first])
            return
        if answers.withdraws_complaint(message.text):
            person.offer(talk, "person.offer_withdrawal")
            return
        form = opening.wanted_form(talk, intent)
        if form:
            if not wishes.is_answered(talk):
                self._greet_first(talk)
                self._start(talk, form)
            return
        if person.offer_when_cross(talk):
            return
        if shared.says_little(talk):
            shared.offer(talk)
        else:
            smalltalk.answer(talk, "ask_question" if wishes.only_asks(talk) else intent)
        if state.form is None and not talk.bubbles:
            questions.unknown(talk)

    def _start(self, talk: Talk, form: str) -> None:
        state = talk.state
        self._take_up(talk, form)
        state.end_form()
        state.nudges = 0
        state.from_documents = False
        state.form = form
        if form == "booking_form" and opening.means_topic(talk):
            state.procedure = state.topic
        if form == "booking_form" and answers.is_for_another(talk.message.text):
            state.rut = state.name = None
        if form == "appointment_form":
            state.goal = "move" if opening.corrects_hour(talk) else "show"
        made = self._form(talk)
        heard = made.hear()
        if state.form is None or state.settled:
            return
        if heard is None and talk.bubbles and len(talk.bubbles) > 1:
            del talk.bubbles[:-1]
        made.advance()

    def _take_up(self, talk: Talk, form: str) -> None:
        """Take a wish off the list whose form is opened; what was told of it is heard if nothing new is said."""
        state, message = talk.state, talk.message
        noted = next((wish for wish in state.wishes if opening.FORM_OF_WISH[wish.kind] == form), None)
        if noted is None:
            return
        state.wishes = [wish for wish in state.wishes if wish is not noted]
        bare = noted.kind == "complaint" and not answers.complaint_words(message.text)
        if (bare or message.pressed) and not talk.turn.entities:
            talk.hear_instead(noted.text, opening.INTENT_OF_WISH[noted.kind])

    def _greet_first(self, talk: Talk) -> None:
        """Answer a greeting that stands before a request; only once."""
        if talk.state.greeted or not smalltalk.says_hello(talk.message.text):
            return
        talk.state.greeted = True
        name = talk.message.name or talk.state.name
        talk.say("smalltalk.hello", name=f", {name.split()[0]}" if name else "")

    def _answers_pending(self, talk: Talk) -> bool:  # noqa: PLR0911 - one line for each way to say it
        """Take the message as the answer to an offer (a person, the second wish, a message after hours)."""
        state, message, turn = talk.state, talk.message, talk.turn
        pending, state.pending = state.pending, None
        if pending is None:
            return False
        yes = message.yes
        if yes is None and turn.intent in {"affirm", "deny"} and (message.pressed or message.word_count <= 5):
            yes = turn.intent == "affirm"
        if pending == "person":
            return self._person_offered(talk, yes=yes)
        if pending == "message":
            if (
                (turn.intent in opening.FORM_OF_INTENT and message.pressed)
                or turn.intent == "greet"
                or message.is_blank
            ):
                return False
            talk.say("smalltalk.deny" if message.yes is False else "person.message_taken")
            return True
        if pending == "wish":
            return self._wish_offered(talk, yes=yes)
        if pending in {"report", "attach"} and yes is not None:
            self._shared_offered(talk, pending, yes=yes)
            return True
        if pending == "book" and yes is not None and not smalltalk.only_thanks(talk):
            if yes:
                self._start(talk, "booking_form")
            else:
                talk.say("smalltalk.deny")
            return True
        return False

    def _person_offered(self, talk: Talk, *, yes: bool | None) -> bool:
        if answers.wants_to_stop(talk.message.text):
            return False
        if yes is True:
            person.hand_over(talk)
            return True
        if yes is False:
            if talk.state.form:
                self._form(talk).advance()
            else:
                talk.say("smalltalk.at_your_service", *smalltalk.menu(talk))
            return True
        return False

    def _shared_offered(self, talk: Talk, pending: str, *, yes: bool) -> None:
        if not yes:
            shared.forget(talk)
            talk.say("smalltalk.deny")
        elif pending == "attach":
            shared.attach(talk)
        else:
            talk.hear_instead("", "create_complaint")
            self._start(talk, "complaint_form")

    def _wish_offered(self, talk: Talk, *, yes: bool | None) -> bool:
        state = talk.state
        if not state.wishes:
            return False
        wish: SecondWish = state.wishes[0]
        same = opening.FORM_OF_INTENT.get(talk.turn.intent) == opening.FORM_OF_WISH[wish.kind]
        told = wish.kind == "complaint" and wishes.tells_complaint(talk)
        if yes is True or same or told:
            state.wishes = state.wishes[1:]
            text = wish.text if yes is True else f"{wish.text}. {talk.message.text}"
            talk.hear_instead(text, opening.INTENT_OF_WISH[wish.kind])
            self._start(talk, opening.FORM_OF_WISH[wish.kind])
            return True
        if yes is False:
            state.wishes = state.wishes[1:]
            talk.say("wishes.declined")
            return True
        return False

    def _is_back(self, talk: Talk) -> bool:
        before = talk.turn.previous_at
        return before is not None and talk.turn.now - before >= IDLE

    def _welcome_back(self, talk: Talk) -> None:
        """Say where we were, whether the kept hour is still there, and go on."""
        state, message = talk.state, talk.message
        form = self._form(talk)
        if answers.wants_to_stop(message.text) or talk.turn.entities.get("choice") == "stop" or person.is_wanted(talk):
            forms.step(talk, form)
            return
        about = state.form or ""
        procedure = talk.procedure()
        talk.say(
            f"form.back_{about}" if talk.texts.has(f"form.back_{about}") else "form.back",
            name=people.first_name(talk),
            procedure=procedure.name if procedure else "",
        )
        start = state.slot_start
        if start and state.form == "booking_form" and procedure:
            people.hear_person(talk)
            Offers(talk, procedure.id).gone(datetime.fromisoformat(start))
            return
        asked = state.asked
        if not answers.is_back(message.text) and talk.turn.intent not in {"greet", "affirm", "ask_human"}:
            form.hear()
            if state.form is None or state.settled:
                return
        elif state.offered:
            state.offered = []
        state.asked = asked
        form.advance()

    def _starts_anew(self, talk: Talk) -> bool:
        """Greet somebody whose last conversation is over and who goes on as if it were not."""
        turn, message = talk.turn, talk.message
        if turn.session < 2 or turn.previous_at is not None or message.pressed:
            return False
        lost = answers.is_back(message.text) or turn.intent in {"affirm", "deny", "inform", "nlu_fallback", "wait"}
        if not lost:
            return False
        talk.state.greeted = True
        talk.say("smalltalk.anew", *smalltalk.menu(talk))
        return True


def _where(error: BaseException) -> list[str]:
    """Give the places of a traceback without its values: they may be what a citizen wrote."""
    return [f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)[-6:]]
