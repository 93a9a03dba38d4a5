"""Events of every type, from the examples that their contracts carry, and for each of them its personal values."""

import uuid
from datetime import UTC, datetime

from munbot_contracts import EVENT_TYPES
from munbot_contracts.envelope import AnyEvent

MOMENT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def examples():
    """(type, data) of every example of every type."""
    for event_type, model in sorted(EVENT_TYPES.items()):
        for data in model.model_config["json_schema_extra"]["examples"]:
            yield event_type, data


def event_of(event_type, data, *, tenant="valle-claro", time=MOMENT, **changes):
    given = {
        "id": uuid.uuid4(),
        "source": "/munbot/test",
        "type": event_type,
        "subject": str(uuid.uuid4()),
        "time": time,
        "tenant": tenant,
        "correlationid": str(uuid.uuid4()),
        "data": data,
    }
    return AnyEvent.model_validate(given | changes)


def one_of_each(**changes):
    """One event of every example."""
    return [event_of(event_type, data, **changes) for event_type, data in examples()]


def booked(**changes):
    """One booking."""
    data = EVENT_TYPES["munbot.appointment.booked.v1"].model_config["json_schema_extra"]["examples"][0]
    return event_of("munbot.appointment.booked.v1", data, **changes)
