"""An appointment as the API shows it, to those who may see all of it and to those who may not."""

from munbot_common.auth import Principal, Role
from munbot_common.problems import NotFound

from munbot_scheduler.appointments.events import manage_url
from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.rules import mask_email, mask_name, mask_phone, mask_rut
from munbot_scheduler.appointments.schemas import AppointmentOut, CitizenOut, OfficeSummary, ProcedureSummary
from munbot_scheduler.catalogue.models import Office, Procedure
from munbot_scheduler.schemas import local
from munbot_scheduler.texts import moment_text, say


def appointment_view(
    appointment: Appointment,
    procedure: Procedure,
    office: Office,
    *,
    principal: Principal,
    public_url: str,
) -> AppointmentOut:
    """Return what the caller may see: a visitor no full personal data, a viewer no link that can change things."""
    masked = principal.role is Role.VISITOR
    zone = office.timezone
    start = local(appointment.starts_at, zone)
    return AppointmentOut(
        id=appointment.id,
        code=appointment.code,
        status=appointment.status,
        status_label=say(f"status.{appointment.status}"),
        start=start,
        end=local(appointment.ends_at, zone),
        timezone=zone,
        when_text=moment_text(start),
        procedure=ProcedureSummary.model_validate(procedure),
        office=OfficeSummary.model_validate(office),
        citizen=_citizen(appointment, masked=masked),
        channel=appointment.channel,
        conversation_id=appointment.conversation_id,
        notes=None if masked else appointment.notes,
        reason=appointment.reason,
        sequence=appointment.sequence,
        version=appointment.version,
        created_at=local(appointment.created_at, zone),
        updated_at=local(appointment.updated_at, zone),
        manage_url=None if principal.role is Role.VIEWER else manage_url(public_url, appointment),
    )


def own_view(appointment: Appointment, principal: Principal, public_url: str) -> AppointmentOut:
    """Return the view of an appointment at its own procedure and office."""
    return appointment_view(
        appointment, appointment.procedure, appointment.office, principal=principal, public_url=public_url
    )


def check_own(appointment: Appointment | None, principal: Principal) -> Appointment:
    """Return the appointment that was found, if the caller may see it.

    Raises:
        NotFound: there is none, or it is of another conversation than the visitor's.
    """
    if appointment is None:
        raise NotFound
    principal.check_conversation(appointment.conversation_id)
    return appointment


def _citizen(appointment: Appointment, *, masked: bool) -> CitizenOut:
    if not masked:
        return CitizenOut.model_validate(appointment)
    return CitizenOut(
        rut=mask_rut(appointment.rut),
        name=mask_name(appointment.name),
        phone=mask_phone(appointment.phone),
        email=mask_email(appointment.email),
    )
