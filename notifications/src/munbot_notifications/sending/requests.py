"""What the API does with notifications."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from munbot_common.auth import Principal
from sqlalchemy.orm import Session

from munbot_notifications.audit import note
from munbot_notifications.problems import DataInvalid, NobodyToTell, NotificationState, NotificationUnknown
from munbot_notifications.sending import repository
from munbot_notifications.sending.models import Notification
from munbot_notifications.sending.rules import Contact
from munbot_notifications.sending.schemas import Accepted, EmailRequest, NotificationRequest
from munbot_notifications.sending.service import About, ForCitizen, plan
from munbot_notifications.templates.builtin import Template
from munbot_notifications.templates.engine import Municipality, TemplateBroken, fill
from munbot_notifications.templates.service import require

_ANY = Municipality("Municipalidad")


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom something is done, with which channels of the installation, and when."""

    tenant: str
    channels: frozenset[str]
    now: datetime


def ask(session: Session, caller: Caller, request: NotificationRequest) -> Accepted:
    """Queue a notification to a citizen.

    Raises:
        TemplateUnknown: there is no such template, or it is for officials.
        DataInvalid: the template needs other data.
        NobodyToTell: the recipient cannot be reached, or does not want to be.
    """
    template = require(request.template)
    if template.audience != "citizen":
        raise DataInvalid(errors=[{"field": "template", "code": "audience", "detail": "Es para funcionarios"}])
    who = request.recipient
    data = _complete(template, {"name": who.name or "", **request.data} if "name" in template.example else request.data)
    about = About(
        tenant=caller.tenant,
        source="api",
        not_before=request.not_before,
        expires_at=request.expires_at,
        channels=caller.channels,
    )
    contact = Contact.of(rut=who.rut, email=who.email, phone=who.phone)
    return _queued(session, about, ForCitizen(template.name, contact, data, channels=request.channels), caller.now)


def ask_email(session: Session, caller: Caller, request: EmailRequest) -> Accepted:
    """Queue a mail.

    Raises:
        NobodyToTell: its address is not written to.
    """
    template = require("message_now" if request.immediate else "message")
    data = _complete(template, {"subject": request.subject, "text": request.text})
    telling = ForCitizen(template.name, Contact.of(email=request.to), data, channels=["email"])
    return _queued(session, About(tenant=caller.tenant, source="api"), telling, caller.now)


def replay(session: Session, principal: Principal, notification_id: UUID, now: datetime) -> Notification:
    """Send what was given up once more, from the beginning of its route.

    Raises:
        NotificationUnknown: no such notification.
        NotificationState: it was not given up.
    """
    notification = _failed(session, principal.tenant, notification_id)
    notification.state, notification.reason, notification.attempts = "queued", None, 0
    notification.position, notification.channel = 0, notification.route[0]["channel"]
    notification.channel_since = notification.next_at = now
    notification.finished_at = None
    _tell(session, principal, "replayed", notification, now)
    return notification


def discard(session: Session, principal: Principal, notification_id: UUID, now: datetime) -> Notification:
    """Put what was given up aside for good.

    Raises:
        NotificationUnknown: no such notification.
        NotificationState: it was not given up.
    """
    notification = _failed(session, principal.tenant, notification_id)
    notification.state, notification.finished_at = "discarded", now
    _tell(session, principal, "discarded", notification, now)
    return notification


def require_notification(session: Session, tenant: str, notification_id: UUID) -> Notification:
    """Return a tenant's notification.

    Raises:
        NotificationUnknown: no such notification.
    """
    notification = repository.get(session, tenant, notification_id)
    if notification is None:
        raise NotificationUnknown
    return notification


def _failed(session: Session, tenant: str, notification_id: UUID) -> Notification:
    notification = repository.get(session, tenant, notification_id, lock=True)
    if notification is None:
        raise NotificationUnknown
    if notification.state != "failed":
        raise NotificationState(extra={"state": notification.state})
    return notification


def _tell(session: Session, principal: Principal, what: str, notification: Notification, now: datetime) -> None:
    after = {"state": notification.state, "purpose": notification.purpose}
    action = f"notification.{what}"
    note(session, principal, action, notification.id, now=now, before={"state": "failed"}, after=after)


def _complete(template: Template, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data, checked against the template by filling it in once."""
    given = dict(data)
    if "lines" in template.example:
        given.setdefault("lines", [line for line in str(given.get("text", "")).splitlines() if line.strip()])
    errors = [
        {"field": f"data.{name}", "code": code, "detail": detail}
        for names, code, detail in (
            (set(template.example) - set(given), "missing", "Falta este dato"),
            (set(given) - set(template.example), "unknown", "Este dato no es de la plantilla"),
        )
        for name in sorted(names)
    ]
    if errors:
        raise DataInvalid(errors=errors)
    try:
        fill(template.words, given, _ANY)
    except TemplateBroken as error:
        raise DataInvalid(error.detail) from error
    return given


def _queued(session: Session, about: About, telling: ForCitizen, now: datetime) -> Accepted:
    ids = plan(session, about, [telling], now)
    notification = repository.get(session, about.tenant, ids[0])
    if notification is None or notification.state == "suppressed":
        raise NobodyToTell
    return Accepted(id=notification.id, state="queued")
