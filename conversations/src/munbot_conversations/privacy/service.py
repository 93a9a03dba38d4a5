"""A person's conversations: found, given, put right, and erased with their files and the dialogue's memory."""

from typing import Any
from uuid import UUID

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.personal_data import exported, found, held, matches
from munbot_contracts.people import (
    Erased,
    Exported,
    Found,
    Holding,
    Kept,
    Marks,
    Matches,
    Person,
    Rectification,
    Rectified,
)
from sqlalchemy.orm import Session

from munbot_conversations.audit.service import record
from munbot_conversations.contacts.models import Contact
from munbot_conversations.privacy import repository
from munbot_conversations.privacy.erasing import Eraser
from munbot_conversations.texts import say

SERVICE = "conversations"


class PersonalData:
    """What the hub does about one person.

    Args:
        factory: of sessions.
        eraser: of files, trackers and rows.
        clock: the time of day.
    """

    def __init__(self, factory: SessionFactory, eraser: Eraser, clock: Clock) -> None:
        self._factory = factory
        self._eraser = eraser
        self._clock = clock

    def find(self, principal: Principal, person: Person) -> Found:
        """Tell what there is of a person, and what is known of them."""
        tenant = principal.tenant
        with unit_of_work(self._factory) as session:
            mine = repository.mine(session, tenant, person)
            known = repository.known(session, person, mine)
            mentions = repository.mentions(session, tenant, person.with_all_of(known), mine)
            owned = repository.owned(mine)
            answer = found(session, SERVICE, person=person, known=known, owned=owned, mentions=mentions)
            keys = repository.files(session, mine.conversations, self._eraser.files.bucket)
            events = self._eraser.trackers(repository.with_tracker(session, tenant, person, mine), forget=False)
        more = [Holding(store="objects.attachments", count=len(keys)), Holding(store="rasa.events", count=events)]
        return answer.model_copy(update={"holdings": (*answer.holdings, *(one for one in more if one.count))})

    def export(self, principal: Principal, person: Person) -> Exported:
        """Give contacts, conversations, messages and notes."""
        with unit_of_work(self._factory) as session:
            return exported(session, SERVICE, repository.owned(repository.mine(session, principal.tenant, person)))

    def rectify(self, principal: Principal, wish: Rectification) -> Rectified:
        """Put a contact's name, telephone or e-mail right; what was said stays as it was said."""
        values = wish.values()
        with unit_of_work(self._factory) as session:
            mine = repository.mine(session, principal.tenant, wish.person)
            changed = repository.put_right(session, mine.contacts, values) if values else []
            for contact_id in changed:
                _note(session, principal, "privacy.rectify", contact_id, {"changed": sorted(values)})
        holdings = (Holding(store=f"{SERVICE}.contacts", count=len(changed)),) if changed else ()
        return Rectified(service=SERVICE, changed=holdings)

    def erase(self, principal: Principal, person: Person) -> Erased:
        """Erase what was said and who said it. Files and trackers go first: whoever dies in between is called again.

        Raises:
            Unavailable: the file store or the dialogue is away; nothing in the database has changed.
        """
        tenant = principal.tenant
        with unit_of_work(self._factory) as session:
            mine = repository.mine(session, tenant, person)
            everything = person.with_all_of(repository.known(session, person, mine))
            owned = repository.owned(mine)
            gone = held(session, SERVICE, owned)
            trackers = repository.with_tracker(session, tenant, everything, mine)
            also = self._eraser.erase(session, mine, trackers, self._clock())
            cleaned = repository.mentions(session, tenant, everything, mine).remove(SERVICE)
            gone += [
                Holding(store=store, count=count)
                for store, count in (
                    ("objects.attachments", also.versions),
                    ("rasa.events", also.events),
                    (f"{SERVICE}.unanswered_questions", also.questions),
                )
                if count
            ]
            for contact_id in mine.contacts if gone else ():
                _note(session, principal, "privacy.erase", contact_id, {"conversations": len(mine.conversations)})
        talks = len(mine.conversations)
        kept = (Kept(store=f"{SERVICE}.conversations", count=talks, reason=say("privacy_kept")),) if talks else ()
        return Erased(service=SERVICE, erased=tuple(gone), cleaned=tuple(cleaned), kept=kept)

    def match(self, principal: Principal, marks: Marks) -> Matches:
        """Tell which erased people are contacts again."""
        with unit_of_work(self._factory) as session:
            return matches(session, principal.tenant, Contact.__table__.c.rut, marks)


def _note(session: Session, principal: Principal, action: str, contact_id: UUID, after: dict[str, Any]) -> None:
    record(session, principal, action=action, object_type="contact", object_id=contact_id, after=after)
