"""What is sent: the template's words for these data, the calendar file, and the link that stops such mails."""

from collections.abc import Callable, Sequence
from datetime import datetime, time

from munbot_common.client import ServiceClient, ServiceProblem
from sqlalchemy.orm import Session

from munbot_notifications.channels.base import Calendar, Outgoing
from munbot_notifications.preferences.links import Unsubscription, unsubscribe_url
from munbot_notifications.sending.directory import Directory, Tenant
from munbot_notifications.sending.knowledge import Knowledge, gather
from munbot_notifications.sending.models import Notification
from munbot_notifications.sending.rules import flow_data, quiet_end
from munbot_notifications.settings import CommonSettings
from munbot_notifications.templates.builtin import templates
from munbot_notifications.templates.service import compose
from munbot_notifications.vault import Vault

CalendarOf = Callable[[str, str], Calendar | None]
"""Returns the calendar file of a tenant's appointment."""


class Composer:
    """Composes messages.

    Args:
        settings: the platform's hours and address.
        vault: opens officials' addresses, seals links.
        directory: municipalities.
        calendar: of appointments.
    """

    def __init__(
        self,
        settings: CommonSettings,
        *,
        vault: Vault,
        directory: Directory,
        calendar: CalendarOf,
    ) -> None:
        self._settings = settings
        self._vault = vault
        self._directory = directory
        self._calendar = calendar

    def tenant(self, tenant: str) -> Tenant:
        """Return the municipality that speaks."""
        return self._directory.tenant(tenant)

    def knowledge(self, session: Session, notifications: Sequence[Notification]) -> Knowledge:
        """Return what has to be known for these."""
        return gather(session, notifications)

    def quiet_end(self, tenant: str, now: datetime, known: Knowledge) -> datetime | None:
        """Return when the municipality's quiet hours end, None outside them."""
        zone = self._directory.tenant(tenant).timezone
        own = known.rules[tenant]
        if own is not None:
            return quiet_end(now, zone, own.quiet_from, own.quiet_until)
        begin, end = time.fromisoformat(self._settings.quiet_from), time.fromisoformat(self._settings.quiet_until)
        return quiet_end(now, zone, begin, end)

    def outgoing(self, notification: Notification, known: Knowledge) -> tuple[Outgoing, int]:
        """Return the message for the channel that the notification is at, and the version of its template.

        Raises:
            ServiceAway: a neighbour that it needs does not answer.
        """
        tenant = notification.tenant_id
        template = templates()[notification.purpose]
        place = notification.route[notification.position]
        citizen = notification.audience == "citizen"
        address = place["address"] if citizen else self._vault.open(place["address"])
        by_mail = place["channel"] == "email"
        link = ""
        if citizen and by_mail:
            wish = Unsubscription(tenant, "email", address)
            link = unsubscribe_url(self._vault, self._settings.public_url, wish)
        municipality = self._directory.tenant(tenant).municipality
        own = known.words[tenant, template.name]
        filled, version = compose(template, own, notification.data, municipality, unsubscribe_url=link)
        calendar = None
        if template.calendar and by_mail and notification.subject_id:
            calendar = self._calendar(tenant, notification.subject_id)
        message = Outgoing(
            id=notification.id,
            tenant=tenant,
            sender=municipality.name,
            address=address,
            filled=filled,
            created_at=notification.created_at,
            calendar=calendar,
            flow=template.flow,
            flow_data=flow_data(template, notification.data),
            unsubscribe_url=link,
        )
        return message, version


def calendar_of(scheduler: ServiceClient) -> CalendarOf:
    """Return what asks the scheduler for an appointment's calendar file; None where the appointment is gone."""

    def ask(tenant: str, appointment_id: str) -> Calendar | None:
        try:
            content = str(scheduler.request("GET", f"/v1/appointments/{appointment_id}/ics", tenant=tenant))
        except ServiceProblem as problem:
            if problem.status == 404:
                return None
            raise
        method = next((line for line in content.splitlines() if line.startswith("METHOD:")), "METHOD:PUBLISH")
        return Calendar(content, method.partition(":")[2].strip())

    return ask
