"""Events and shared shapes of the Munbot platform. Imports nothing but pydantic."""

from munbot_contracts.appointments import APPOINTMENT_EVENTS
from munbot_contracts.audit import AUDIT_EVENTS
from munbot_contracts.complaints import COMPLAINT_EVENTS
from munbot_contracts.conversations import CONVERSATION_EVENTS
from munbot_contracts.envelope import Contract, Event, routing_key
from munbot_contracts.jobs import JOB_EVENTS
from munbot_contracts.messages import MESSAGE_EVENTS
from munbot_contracts.notifications import NOTIFICATION_EVENTS
from munbot_contracts.office import OFFICE_EVENTS

EVENT_TYPES: dict[str, type[Contract]] = {
    **MESSAGE_EVENTS,
    **CONVERSATION_EVENTS,
    **APPOINTMENT_EVENTS,
    **COMPLAINT_EVENTS,
    **JOB_EVENTS,
    **NOTIFICATION_EVENTS,
    **OFFICE_EVENTS,
    **AUDIT_EVENTS,
}
"""Every event type of the platform with the model of its ``data``."""

__all__ = ["EVENT_TYPES", "Contract", "Event", "routing_key"]
