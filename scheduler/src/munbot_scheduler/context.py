"""What every change of the agenda or of the catalogue needs to know."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from munbot_scheduler.audit.service import Actor
from munbot_scheduler.availability.agenda import AgendaCache
from munbot_scheduler.availability.service import Availability
from munbot_scheduler.settings import BookingDefaults


@dataclass(frozen=True, slots=True)
class Context:
    """What every change needs to know.

    `sees_all`: whether the caller may read other people's bookings, in the words of a refusal too.
    `notice`: whether the minimum notice binds the caller; officials book for whoever stands at the counter.
    """

    session: Session
    actor: Actor
    settings: BookingDefaults
    now: datetime
    sees_all: bool = True
    notice: bool = True
    cache: AgendaCache = field(default_factory=AgendaCache)

    @property
    def tenant(self) -> str:
        """Whose agenda."""
        return self.actor.tenant

    @property
    def availability(self) -> Availability:
        """Answers about free time."""
        return Availability(self.session, self.tenant, self.settings, self.now, self.cache, notice=self.notice)
