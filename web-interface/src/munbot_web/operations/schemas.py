"""Answers about the running platform."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

QueueName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,200}$")]
LetterId = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ServiceHealth(BaseModel):
    """One service as it answered just now."""

    name: str
    status: Literal["ok", "unavailable", "away"] = Field(
        description="unavailable: it answers that something it needs is missing; away: it does not answer"
    )
    milliseconds: int = Field(description="how long the answer took")
    checks: dict[str, str] = Field(
        default_factory=dict, description="what the service itself asked: `ok`, or the kind of failure"
    )


class ServiceList(BaseModel):
    """All services."""

    checked_at: datetime
    items: list[ServiceHealth]


class QueueState(BaseModel):
    """A consumer's queue, with what belongs to it."""

    name: QueueName
    consumers: int
    ready: int = Field(description="messages that wait for a consumer")
    in_work: int = Field(description="messages that a consumer has and did not acknowledge yet")
    retrying: int = Field(description="messages that failed and wait for their next attempt")
    dead: int | None = Field(description="messages that were given up, of all tenants; null: it gives none up")
    lasting: bool = Field(description="false: the queue of one running process, gone with it")


class QueueList(BaseModel):
    """All queues, at most some seconds old: the broker counts every five seconds."""

    items: list[QueueState]


class DeadLetter(BaseModel):
    """An event that a consumer gave up. Its content is not shown, as people's data may be in it."""

    id: LetterId
    queue: QueueName = Field(description="whose consumer gave it up")
    type: str | None = Field(description="type of the event; null: it is none that we know")
    subject: str | None = None
    time: datetime | None = Field(default=None, description="when the fact became true")
    correlation_id: str | None = Field(default=None, description="to find it in the logs")
    reason: str
    attempts: int
    size: int = Field(description="bytes")


class DeadLetterList(BaseModel):
    """The tenant's dead letters, oldest first in each queue."""

    items: list[DeadLetter]
    complete: bool = Field(description="false: there may be more behind those that were looked at")


class LettersRequest(BaseModel):
    """Which dead letters of a queue are meant."""

    queue: QueueName
    ids: Annotated[list[LetterId], Field(min_length=1, max_length=500)]


class LettersAnswer(BaseModel):
    """What was done. `missing`: no longer there, or just now in somebody else's hands."""

    done: list[LetterId]
    missing: list[LetterId]
