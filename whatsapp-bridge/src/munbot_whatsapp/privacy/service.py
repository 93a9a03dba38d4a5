"""What the bridge keeps of a person for some weeks: their number, and what was sent to it."""

from typing import cast

from munbot_common.auth import Principal
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.personal_data import Mentions, Owned, exported, found, held
from munbot_contracts.people import (
    Erased,
    Exported,
    Found,
    Holding,
    Marks,
    Matches,
    Person,
    Rectification,
    Rectified,
)
from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from munbot_whatsapp.base import Base
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.deliveries.models import Delivery, Part

SERVICE = "whatsapp"
SAID_OF_OTHERS = {
    "citizens": ("address", "name"),
    "deliveries": ("address",),
    "parts": ("address", "provider_message_id"),
    "accounts": ("slug", "name", "provider_ref", "base_url"),
}


class PersonalData:
    """What the bridge does about one person. It knows numbers, no RUTs: whose number it is, others say.

    Args:
        factory: of sessions.
    """

    def __init__(self, factory: SessionFactory) -> None:
        self._factory = factory

    def find(self, principal: Principal, person: Person) -> Found:
        """Tell what there is of a person's numbers, and which names they go by."""
        tenant = principal.tenant
        with unit_of_work(self._factory) as session:
            names = session.scalars(
                select(Citizen.name).where(Citizen.tenant_id == tenant, Citizen.address.in_(_addresses(person)))
            )
            known = Person(rut=person.rut, names=tuple({name for name in names if name}))
            mentions = _mentions(session, tenant, person.with_all_of(known))
            owned = _owned(tenant, person)
            return found(session, SERVICE, person=person, known=known, owned=owned, mentions=mentions)

    def export(self, principal: Principal, person: Person) -> Exported:
        """Give what was sent to the person's numbers."""
        with unit_of_work(self._factory) as session:
            return exported(session, SERVICE, _owned(principal.tenant, person))

    def rectify(self, principal: Principal, wish: Rectification) -> Rectified:
        """Put the name right by which a number is shown; a new number is another lane, made when it is written to."""
        if wish.name is None:
            return Rectified(service=SERVICE)
        mine = (Citizen.tenant_id == principal.tenant) & Citizen.address.in_(_addresses(wish.person))
        with unit_of_work(self._factory) as session:
            statement = update(Citizen).where(mine, Citizen.name.is_distinct_from(wish.name)).values(name=wish.name)
            count = len(session.execute(statement.returning(Citizen.address)).all())
        changed = (Holding(store=f"{SERVICE}.citizens", count=count),) if count else ()
        return Rectified(service=SERVICE, changed=changed)

    def erase(self, principal: Principal, person: Person) -> Erased:
        """Forget the person's numbers and all that was sent to them; what still waits to be sent is not sent."""
        tenant, addresses = principal.tenant, _addresses(person)
        with unit_of_work(self._factory) as session:
            gone = held(session, SERVICE, _owned(tenant, person))
            lanes = select(Citizen).where(Citizen.tenant_id == tenant, Citizen.address.in_(addresses))
            session.scalars(lanes.with_for_update()).all()
            session.execute(delete(Delivery).where(Delivery.tenant_id == tenant, Delivery.address.in_(addresses)))
            session.execute(delete(Citizen).where(Citizen.tenant_id == tenant, Citizen.address.in_(addresses)))
            cleaned = _mentions(session, tenant, person).remove(SERVICE)
        return Erased(service=SERVICE, erased=tuple(gone), cleaned=tuple(cleaned))

    def match(self, principal: Principal, marks: Marks) -> Matches:  # noqa: ARG002 - it knows no RUTs
        """Tell nothing: there are no RUTs here."""
        return Matches()


def _addresses(person: Person) -> list[str]:
    """Return a person's numbers as WhatsApp writes them, without the plus."""
    numbers = (phone.removeprefix("+") for phone in person.phones)
    return list(dict.fromkeys([*person.phones, *numbers, *person.addresses]))


def _owned(tenant: str, person: Person) -> list[Owned]:
    citizen, delivery, part = (cast("Table", model.__table__) for model in (Citizen, Delivery, Part))
    addresses = _addresses(person)
    sent = select(delivery.c.id).where(delivery.c.tenant_id == tenant, delivery.c.address.in_(addresses))
    return [
        Owned(citizen, (citizen.c.tenant_id == tenant) & citizen.c.address.in_(addresses), left_out=("lease_token",)),
        Owned(delivery, delivery.c.id.in_(sent), left_out=("correlation_id",)),
        Owned(part, part.c.delivery_id.in_(sent)),
    ]


def _mentions(session: Session, tenant: str, person: Person) -> Mentions:
    strictly = Person(rut=person.rut, phones=person.phones, addresses=person.addresses)
    return Mentions(session, Base.metadata, person, tenant, said_of_others=SAID_OF_OTHERS, strictly=strictly)
