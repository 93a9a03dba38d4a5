"""File a complaint: what, where, who, and a yes."""

import re

from munbot_common.client import ServiceProblem

from munbot_actions.dialogue import people, person, shared, wishes
from munbot_actions.dialogue.reply import Button
from munbot_actions.dialogue.state import Choice
from munbot_actions.dialogue.talk import Talk, payload
from munbot_actions.services.complaints import Categories
from munbot_actions.services.models import Category
from munbot_actions.understanding import answers, names
from munbot_actions.understanding.normalise import fold, shorten
from munbot_actions.understanding.places import as_place, find_place

LONGEST_DESCRIPTION = 2_000
_AS_GOOD = 0.93
"""How near the score of a leaf comes to its group's («basura» is one word of Aseo, and only resembles a basural)."""
_CHANGES_PLACE = re.compile(
    r"\b(?:cambi|corri[gj]|correg|modifi[cq])\w* (?:\w+ ){0,2}(?:lugar|direccion)\b"
    r"|\b(?:lugar|direccion) (?:esta |quedo |es |no es )(?:mal|equivocad|incorrect|otr|es[ae]\b)"
)
_CHANGES_STORY = re.compile(
    r"\b(?:cambi|corri[gj]|correg|modifi[cq])\w* (?:\w+ ){0,2}(?:lo que paso|descripcion|historia|relato|texto)\b"
)
_PLACE_IS = re.compile(r"\b(?:lugar|direcci[oó]n)\b.*\b(?:es|era|ser[ií]a)\s+(?:en\s+)?(\S.*)$", re.IGNORECASE)
_PICTURE_OF_PERSON = re.compile(r"\b(?:soy|me llamo|mi nombre es)\s.*", re.IGNORECASE)


class ComplaintForm:
    """The complaint form."""

    name = "complaint_form"

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._state = talk.state

    def hear(self) -> bool | None:
        """Take story, category, place and person from the message."""
        state, talk = self._state, self._talk
        if state.asked == "confirm" and (yes := self._confirmation()) is not None:
            return self._answer(yes=yes)
        correcting = state.asked in {"confirm", "change"}
        learnt = self._hear_story(correcting=correcting)
        learnt = self._hear_category(correcting=correcting) or learnt
        learnt = self._hear_place(correcting=correcting) or learnt
        said = people.hear_person(talk)
        if said is None:
            return None
        shared.acknowledge(talk, "noted")
        return learnt or said or shared.came(talk)

    def _confirmation(self) -> bool | None:
        talk = self._talk
        if talk.message.pressed:
            return {"affirm": True, "deny": False}.get(talk.turn.intent)
        if (yes := talk.message.yes) is not None:
            return yes
        if talk.message.word_count <= 4 and not answers.is_question(talk.message.text):
            return {"affirm": True, "deny": False}.get(talk.turn.intent)
        return None

    def _answer(self, *, yes: bool) -> bool:
        if yes:
            self._state.settled = True
            self._file()
            return True
        self._talk.ask(
            "change",
            "complaint.what_to_change",
            self._talk.button("other_place", "inform", choice="place"),
            self._talk.button("other_story", "inform", choice="description"),
            self._talk.button("stop", "inform", choice="stop"),
        )
        self._state.settled = True
        return True

    def _hear_story(self, *, correcting: bool) -> bool:
        state, message = self._state, self._talk.message
        choice = self._talk.turn.entities.get("choice")
        if choice == "description" or (correcting and _CHANGES_STORY.search(message.folded)):
            state.description = state.category = None
            return True
        of_place = message.place or _CHANGES_PLACE.search(message.folded)
        retelling = state.asked == "change" and message.word_count > 4 and not of_place
        if message.pressed or message.is_blank or (correcting and not retelling):
            return False
        if retelling:
            state.description = state.category = None
        story = self._story()
        if not story:
            if state.description is None:
                state.lead = state.lead or self._names_subject()
            return False
        if state.description is None:
            told = f"{state.lead}. {story}" if state.lead else story
            state.description, state.lead = told[:LONGEST_DESCRIPTION], None
            return True
        if state.asked == "category" and message.word_count > 5:
            state.description = f"{state.description} {story}"[:LONGEST_DESCRIPTION]
            return True
        return False

    def _names_subject(self) -> str | None:
        """Give a request that names what it is about and tells no more («tengo un problema con la basura»)."""
        text = self._talk.message.text.strip(" ,.;")
        return text if answers.complaint_words(text) and self._talk.categories.names.match(text) else None

    def _story(self) -> str | None:
        """Give what happened in the citizen's words, without who they are; None when there is no story in it."""
        raw = " ".join(self._talk.message.raw.split())[:LONGEST_DESCRIPTION]
        message = self._talk.message
        if (
            answers.is_question(raw)
            and self._talk.turn.intent != "create_complaint"
            and self._state.asked != "description"
        ):
            return None
        for found in (message.rut, message.phone, message.email):
            if found:
                raw = raw.replace(found.text, "")
        if names.find_name(raw):
            raw = _PICTURE_OF_PERSON.sub("", raw)
        telling = answers.complaint_words(raw)
        enough = 1 if self._state.asked == "description" else 2
        if len(telling) < enough or sum(len(word) for word in telling) < 5:
            return None
        if self._state.asked in {"rut", "name", "phone", "place"}:
            return None
        return raw.strip(" ,.;")

    def _hear_category(self, *, correcting: bool) -> bool:
        state, talk = self._state, self._talk
        categories = talk.categories
        chosen = talk.turn.entities.get("category")
        if not chosen and not talk.message.pressed and state.description and (state.category is None or correcting):
            told = talk.message.without_identity if correcting else self._told()
            found = categories.names.match(told)
            best = found[0] if found else None
            leaf = next((m for m in found if not categories.by_code[m.id].children), None)
            if best and leaf and leaf.score >= best.score * _AS_GOOD:
                best = leaf
            chosen = best.id if best else None
            if not chosen and state.asked == "category":
                chosen = talk.chosen_by_number() or self._other(categories)
        if not chosen or chosen not in categories.by_code or chosen == state.category:
            return False
        if correcting and not answers.starts_with_no(talk.message.text) and not talk.message.pressed:
            return False
        state.category = self._filed_as(categories.by_code[str(chosen)])
        return True

    def _told(self) -> str:
        """Give this message and, when it began the story anew, the lead that stands before it."""
        text, description = self._talk.message.without_identity, self._state.description or ""
        return text if self._state.asked == "category" else f"{description} {text}"

    def _other(self, categories: Categories) -> str | None:
        """Give the category for what fits no other: whoever reads the complaint knows better than a list."""
        message = self._talk.message
        if message.is_blank or message.rut or message.phone or message.place or answers.is_question(message.text):
            return None
        return next((c.code for c in categories.tops if not c.children and fold(c.name).startswith("otr")), None)

    def _filed_as(self, category: Category) -> str:
        """Give the leaf of a category: the one of its children that the story names, else its first."""
        if not category.children:
            return category.code
        story = f"{self._state.description or ''} {self._talk.message.text}"
        categories = self._talk.categories
        named = categories.names.match(story)
        own = next((m.score for m in named if m.id == category.code), 0.0)
        inside = [m for m in named if categories.is_below(m.id, category.code) and m.score >= own * _AS_GOOD]
        leaf = next((m.id for m in inside if not categories.by_code[m.id].children), None)
        if leaf:
            return leaf
        other = next((c for c in category.children if fold(c.name).startswith("otro")), category.children[0])
        return self._filed_as(other) if other.children else other.code

    def _hear_place(self, *, correcting: bool) -> bool:
        state, talk = self._state, self._talk
        if talk.turn.entities.get("choice") == "place" or _CHANGES_PLACE.search(talk.message.folded):
            said = _PLACE_IS.search(talk.message.text)
            state.place = (as_place(said.group(1)) if said else None) or talk.message.place
            state.point = None
            return True
        if state.point and state.place in {None, talk.texts.get("complaint.no_place")}:
            state.place = (talk.turn.point.words if talk.turn.point else "") or talk.texts.get("complaint.pinned")
            if talk.message.pressed:
                return True
        place = talk.message.place or self._office_named()
        if state.asked == "place" and answers.does_not_know(talk.message.text):
            place = talk.texts.get("complaint.no_place")
        if not place or talk.message.pressed:
            return False
        if state.asked == "place" and not self._may_be_place(place):
            return False
        more_exact = any(c.isdigit() for c in place) and not any(c.isdigit() for c in state.place or "")
        unknown = state.place in {talk.texts.get("complaint.no_place"), talk.texts.get("complaint.pinned")}
        if state.place and not correcting and state.asked != "place" and not more_exact and not unknown:
            return False
        state.place = place
        return True

    def _may_be_place(self, place: str) -> bool:
        """Tell whether an answer to «¿dónde?» is one: not «sí», a RUT, or what an angry person calls us."""
        message = self._talk.message
        cross = answers.is_angry(message.text) and not any(c.isdigit() for c in place) and not find_place(place)
        return message.yes is None and not cross and not (message.rut and not place.strip())

    def _office_named(self) -> str | None:
        """Give the address of the office that the story names («me trataron mal en la dideco»)."""
        if self._state.place or self._talk.message.pressed:
            return None
        office = self._talk.office(self._talk.catalogue.office_names.best(self._talk.message.without_identity))
        return f"{office.name}, {office.address}".strip(" ,") if office else None

    def advance(self) -> None:
        """Ask for the next missing thing."""
        state, talk = self._state, self._talk
        if not talk.categories.tops:
            state.end_form()
            person.offer(talk, "complaint.none_taken")
            return
        if state.asked is None and state.description:
            talk.say("complaint.sorry")
        if state.description is None:
            talk.ask("description", "complaint.ask_description")
        elif state.category is None:
            self._ask_category()
        elif state.place is None:
            talk.ask("place", "complaint.ask_place")
        elif state.rut is None:
            talk.ask("rut", "complaint.ask_rut")
        elif not people.has_contact(talk):
            talk.ask("phone", "complaint.ask_contact")
        else:
            self._read_back()

    def _ask_category(self) -> None:
        talk = self._talk
        tops = talk.categories.tops
        last = next((c for c in tops if fold(c.name).startswith("otr")), None)
        tops = [*(c for c in tops if c is not last)][:4] + ([last] if last else [])
        self._state.choices = [Choice(kind="category", id=c.code, label=c.name) for c in tops]
        buttons = [Button(c.name, payload("inform", category=c.code)) for c in tops]
        talk.ask("category", "complaint.ask_category", *buttons)

    def _read_back(self) -> None:
        state, talk = self._state, self._talk
        category = talk.categories.by_code.get(state.category or "")
        talk.ask(
            "confirm",
            "complaint.read_back",
            talk.button("yes_file", "affirm"),
            talk.button("change", "deny"),
            talk.button("stop", "inform", choice="stop"),
            category=category.name if category else "",
            description=shorten(state.description or "", 130),
            place=shorten(state.place or "", 80),
            more=self._shown_files(),
            rut=talk.shown_rut(),
            contact=state.phone or state.email or talk.texts.get("complaint.no_contact"),
        )

    def _shown_files(self) -> str:
        count = len(self._state.files)
        if not count:
            return ""
        return "\n" + self._talk.texts.get("complaint.with_file" if count == 1 else "complaint.with_files", count=count)

    def _file(self) -> None:
        state, talk = self._state, self._talk
        sent = len(state.files)
        attachments = shared.adopt(talk)
        point = state.point.model_dump() if state.point else {}
        body = {
            "category": state.category,
            "description": state.description,
            "place": {"address": state.place, **point},
            "attachment_ids": attachments or None,
            **people.sender(talk),
        }
        body = {name: value for name, value in body.items() if value is not None}
        try:
            complaint = talk.services.complaints.create(talk.tenant, body, talk.key_for("complaint", body))
        except ServiceProblem as problem:
            self._refused(problem)
            return
        values = {"folio": complaint.folio, "name": people.first_name(talk)}
        if complaint.due_date:
            talk.say("complaint.filed", due=talk.day(complaint.due_date), **values)
        else:
            talk.say("complaint.filed_no_date", **values)
        if len(attachments) < sent:
            talk.say("complaint.files_refused")
        state.filed = [*state.filed, complaint.folio][-5:]
        state.end_form()
        shared.forget(talk)
        if not wishes.offer(talk, "complaint.follow_up"):
            talk.say("complaint.follow_up")

    def _refused(self, problem: ServiceProblem) -> None:
        state, talk = self._state, self._talk
        if problem.code == "rut_invalid":
            people.ask_rut_again(talk, "complaint.ask_rut")
        elif problem.code.startswith("category"):
            state.category = None
            self._ask_category()
        elif problem.code.startswith("attachment"):
            state.files = []
            talk.say("complaint.files_refused")
            self._read_back()
        else:
            talk.ask("confirm", "complaint.not_possible", detail=problem.detail[:200])

    def stop(self) -> None:
        """Say that nothing was filed."""
        shared.forget(self._talk)
        self._talk.say("complaint.stopped")
