"""The CloudEvents 1.0 envelope around every event, with our two extensions `tenant` and `correlationid`."""

from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

PREFIX = "munbot."


class Contract(BaseModel):
    """Base of all shapes that cross a service border: unknown fields are ignored, so additions break nobody."""

    model_config = ConfigDict(extra="ignore", frozen=True)


TData = TypeVar("TData")

EventType = Annotated[str, Field(pattern=r"^munbot\.[a-z_]+\.[a-z_]+\.v[1-9][0-9]*$")]


class Event(Contract, Generic[TData]):
    """One CloudEvents 1.0 event in JSON format (https://github.com/cloudevents/spec, v1.0.2).

    `id` is a UUIDv7 and stays the same on every redelivery; `time` is when the fact became true, with its zone;
    `subject` is the id of the thing it is about.
    """

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str = Field(examples=["/munbot/scheduler"])
    type: EventType
    subject: str
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    tenant: str
    correlationid: str
    data: TData


AnyEvent = Event[dict[str, Any]]
"""An event whose data has not been looked at yet."""


def routing_key(event_type: str) -> str:
    """Return the RabbitMQ routing key of an event type: the type without the `munbot.` prefix.

    Raises:
        ValueError: the type is not one of ours.
    """
    if not event_type.startswith(PREFIX):
        msg = f"not a Munbot event type: {event_type!r}"
        raise ValueError(msg)
    return event_type.removeprefix(PREFIX)
