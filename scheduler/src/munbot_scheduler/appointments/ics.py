"""An appointment as an iCalendar file (RFC 5545), with the method a calendar program acts on (RFC 5546)."""

from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from munbot_scheduler.appointments.events import manage_url
from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.rules import Status
from munbot_scheduler.texts import say

NO_REPLY = "no-reply@munbot.invalid"


@dataclass(frozen=True, slots=True)
class IcsFile:
    """The bytes of the file, and its method for the Content-Type."""

    content: bytes
    method: str


def method_of(appointment: Appointment) -> str:
    """Return CANCEL when it is off, REQUEST when there is somebody to invite, else PUBLISH."""
    if appointment.status == Status.CANCELLED:
        return "CANCEL"
    return "REQUEST" if appointment.email else "PUBLISH"


def ics_file(appointment: Appointment, public_url: str) -> IcsFile:
    """Return the file. UID stays for life and SEQUENCE grows, so that a calendar moves what it already has."""
    office, procedure = appointment.office, appointment.procedure
    zone = ZoneInfo(office.timezone)
    method = method_of(appointment)
    cancelled = appointment.status == Status.CANCELLED

    event = Event()
    event.add("uid", f"{appointment.id}@munbot")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.updated_at.astimezone(UTC))
    event.add("created", appointment.created_at.astimezone(UTC))
    event.add("last-modified", appointment.updated_at.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(zone))
    event.add("dtend", appointment.ends_at.astimezone(zone))
    key = "ics.cancelled" if cancelled else "ics.summary"
    event.add("summary", say(key, procedure=procedure.name, office=office.name))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if office.address:
        event.add("location", f"{office.name}, {office.address}")
    if office.latitude is not None and office.longitude is not None:
        event.add("geo", (office.latitude, office.longitude))
    event.add("description", _description(appointment, manage_url(public_url, appointment)))
    organizer = vCalAddress(f"mailto:{office.email or NO_REPLY}")
    organizer.params["CN"] = vText(office.name)
    event.add("organizer", organizer)
    if appointment.email:
        attendee = vCalAddress(f"mailto:{appointment.email}")
        attendee.params["CN"] = vText(appointment.name)
        attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
        event.add("attendee", attendee)

    calendar = Calendar()
    calendar.add("prodid", say("ics.product"))
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return IcsFile(calendar.to_ical(), method)


def _description(appointment: Appointment, url: str) -> str:
    papers = appointment.procedure.required_papers
    if papers:
        return say("ics.description", code=appointment.code, papers="; ".join(papers), url=url)
    return say("ics.description_no_papers", code=appointment.code, url=url)
