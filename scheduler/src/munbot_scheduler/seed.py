"""The demo municipalities' agenda. Safe to repeat: it adds what is missing and brings texts up to date."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

import yaml
from munbot_common.chile import Phone, Rut
from munbot_common.clock import Clock, utc_now
from munbot_common.database import make_engine, make_session_factory, unit_of_work
from munbot_common.ids import uuid7
from munbot_common.logs import get_logger
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from munbot_scheduler.appointments import repository as appointments
from munbot_scheduler.appointments import service
from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.rules import Status
from munbot_scheduler.appointments.schemas import BookIn, CitizenIn
from munbot_scheduler.appointments.slots import single_office
from munbot_scheduler.audit.service import Actor
from munbot_scheduler.availability import repository as availability
from munbot_scheduler.availability.models import OpeningException, OpeningRule
from munbot_scheduler.availability.service import Target
from munbot_scheduler.catalogue import repository as catalogue
from munbot_scheduler.catalogue.models import Office, OfficeProcedure, Procedure, TenantPolicy
from munbot_scheduler.catalogue.schemas import PolicyIn
from munbot_scheduler.context import Context
from munbot_scheduler.schemas import WallTime
from munbot_scheduler.settings import BookingDefaults, MigrateSettings

log = get_logger("scheduler.seed")

CHANNEL = "counter"
_SEARCHED_DAYS = 40


class _Seed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HoursSeed(_Seed):
    """The same opening on several weekdays."""

    days: list[int]
    opens: WallTime
    closes: WallTime
    capacity: int


class OfficeSeed(_Seed):
    """An office."""

    code: str
    name: str
    address: str
    phone: Phone
    email: str
    latitude: float
    longitude: float
    timezone: str
    region: str
    hours: list[HoursSeed]


class ProcedureSeed(_Seed):
    """A procedure."""

    code: str
    name: str
    offices: list[str]
    synonyms: list[str]
    description: str
    duration_minutes: int
    required_papers: list[str]
    price_text: str
    min_notice_minutes: int | None = None
    horizon_days: int | None = None


class ExceptionSeed(_Seed):
    """A closure some days after the first seeding."""

    kind: Literal["closed"]
    in_days: int
    opens: WallTime
    closes: WallTime
    reason: str


class AppointmentSeed(_Seed):
    """An appointment on the n-th day on which its office is open, at that time or the nearest free one."""

    procedure: str
    office: str
    business_day: int
    time: WallTime
    rut: Rut
    name: str
    phone: Phone | None = None
    email: str | None = None
    status: Literal["booked", "confirmed"] = "booked"


class TenantSeed(_Seed):
    """One municipality."""

    id: str
    policy: PolicyIn
    offices: list[OfficeSeed]
    procedures: list[ProcedureSeed]
    exceptions: list[ExceptionSeed]
    appointments: list[AppointmentSeed]


class SeedFile(_Seed):
    """The whole file."""

    tenants: list[TenantSeed]


def load(folder: Path) -> SeedFile:
    """Return the content of `scheduler.yml`."""
    return SeedFile.model_validate(yaml.safe_load((folder / "scheduler.yml").read_text(encoding="utf-8")))


def seed_demo(settings: MigrateSettings, clock: Clock = utc_now) -> None:
    """Put the demo agenda into the database."""
    engine = make_engine(settings)
    factory = make_session_factory(engine)
    try:
        for tenant in load(settings.demo_seed_dir).tenants:
            with unit_of_work(factory) as session:
                booked = seed_tenant(session, tenant, settings, clock())
            log.info("demo_seeded", tenant=tenant.id, appointments=booked)
    finally:
        engine.dispose()


def seed_tenant(session: Session, seed: TenantSeed, settings: MigrateSettings, now: datetime) -> int:
    """Bring one tenant up to date; returns how many appointments were added."""
    if catalogue.policy(session, seed.id) is None:
        session.add(TenantPolicy(tenant_id=seed.id, **seed.policy.values()))
    offices = {item.code: _office(session, seed.id, item) for item in seed.offices}
    procedures = {item.code: _procedure(session, seed.id, item) for item in seed.procedures}
    session.flush()
    for item in seed.procedures:
        row = procedures[item.code]
        pairs = [(offices[code].id, row.id) for code in item.offices]
        catalogue.set_links(session, seed.id, pairs, of=OfficeProcedure.procedure_id == row.id)
    _exceptions(session, seed, now.date())
    context = Context(
        session,
        Actor("service:seed", "service", seed.id),
        BookingDefaults(munbot_mode=settings.munbot_mode, public_url=settings.public_url),
        now,
    )
    return sum(_appointment(context, item) for item in seed.appointments)


def _office(session: Session, tenant: str, seed: OfficeSeed) -> Office:
    row = catalogue.office(session, tenant, seed.code)
    if row is not None:
        return row
    row = Office(id=uuid7(), tenant_id=tenant, **seed.model_dump(exclude={"hours"}))
    session.add(row)
    session.flush()
    for hours in seed.hours:
        values = {"opens": hours.opens, "closes": hours.closes, "capacity": hours.capacity}
        session.add_all(
            OpeningRule(id=uuid7(), tenant_id=tenant, office_id=row.id, weekday=day, **values) for day in hours.days
        )
    return row


def _procedure(session: Session, tenant: str, seed: ProcedureSeed) -> Procedure:
    row = catalogue.procedure(session, tenant, seed.code)
    values = seed.model_dump(exclude={"offices"})
    if row is None:
        row = Procedure(id=uuid7(), tenant_id=tenant, **values)
        session.add(row)
    else:
        row.synonyms = values["synonyms"]
    return row


def _exceptions(session: Session, seed: TenantSeed, today: date) -> None:
    known = {row.reason for row in availability.opening_exceptions(session, seed.id, first=date.min)}
    for item in seed.exceptions:
        if item.reason not in known:
            day = today + timedelta(days=item.in_days)
            values: dict[str, Any] = {"kind": item.kind, "opens": item.opens, "closes": item.closes}
            session.add(
                OpeningException(
                    id=uuid7(), tenant_id=seed.id, first_day=day, last_day=day, reason=item.reason, **values
                )
            )
    session.flush()


def _appointment(context: Context, seed: AppointmentSeed) -> int:
    target = single_office(context, seed.procedure, seed.office)
    coming = context.session.scalar(
        select(Appointment.id).where(
            Appointment.tenant_id == context.tenant,
            Appointment.rut == seed.rut,
            Appointment.procedure_id == target.procedure.id,
            Appointment.ends_at > context.now,
        )
    )
    wanted = _moment(target, seed)
    slots = context.availability.nearest(target, wanted, limit=1) if wanted and not coming else []
    if not slots:
        return 0
    row, _, _ = service.book(
        context,
        BookIn(
            procedure_id=str(target.procedure.id),
            office_id=seed.office,
            start=slots[0].start,
            citizen=CitizenIn(rut=seed.rut, name=seed.name, phone=seed.phone, email=seed.email),
            channel=CHANNEL,
        ),
    )
    if seed.status == "confirmed":
        stored = appointments.by_id(context.session, context.tenant, row.id, lock=True)
        if stored is not None:
            service.transition(context, stored, Status.CONFIRMED, None)
    return 1


def _moment(target: Target, seed: AppointmentSeed) -> datetime | None:
    """Return the wanted time on the n-th open day after today."""
    calendar = target.calendars[0]
    open_days = [
        day
        for day in (target.today + timedelta(days=offset) for offset in range(1, _SEARCHED_DAYS))
        if calendar.plan(day).windows
    ]
    if len(open_days) < seed.business_day:
        return None
    wall = time(*divmod(seed.time, 60))
    return datetime.combine(open_days[seed.business_day - 1], wall, calendar.zone)
