"""What a conversation came to, in two or three sentences, for the person who takes it over.

llm-worker writes them where there is a language model; without one the conversation simply has none.
"""

from typing import Any
from uuid import UUID

from munbot_common.clock import Clock
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.ids import uuid7
from munbot_common.messaging import Subscription
from munbot_common.outbox import make_event, record_events
from munbot_contracts import Event, routing_key
from munbot_contracts.envelope import AnyEvent
from munbot_contracts.jobs import (
    LLM_JOB_COMPLETED,
    LLM_JOB_REQUESTED,
    MAX_MESSAGES,
    ConversationInput,
    JobKind,
    JobMessage,
    LlmJobCompleted,
    LlmJobRequested,
    SummaryResult,
)
from sqlalchemy import update
from sqlalchemy.orm import Session

from munbot_conversations.base import OUTBOX, SERVICE
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.messages import repository as messages
from munbot_conversations.messages.models import Message
from munbot_conversations.messages.rules import storable

JOBS = Subscription(f"{SERVICE}.jobs", (routing_key(LLM_JOB_COMPLETED),))
LONGEST_MESSAGE = 4_000
AUTHORS = frozenset({"citizen", "bot", "agent"})
_LAST = 2_147_483_647


def ask(session: Session, conversation: Conversation, clock: Clock) -> None:
    """Ask for a summary of a locked conversation's last messages; only the newest job's answer counts."""
    rows = messages.before(
        session, tenant=conversation.tenant_id, conversation_id=conversation.id, seq=_LAST, limit=MAX_MESSAGES
    )
    said = [_said(row) for row in rows if row.sender_type in AUTHORS and row.words.strip()]
    if not said:
        return
    conversation.summary, conversation.summary_job_id = None, uuid7()
    session.flush()
    record_events(session, OUTBOX, [_requested(conversation, conversation.summary_job_id, said, clock)])


def _said(row: Message) -> JobMessage:
    return JobMessage.model_validate({"author": row.sender_type, "text": row.words[:LONGEST_MESSAGE]})


def _requested(conversation: Conversation, job_id: UUID, said: list[JobMessage], clock: Clock) -> Event[Any]:
    job = LlmJobRequested(
        job_id=job_id,
        kind=JobKind.CONVERSATION_SUMMARY,
        subject_id=conversation.id,
        input=ConversationInput(messages=said),
    )
    return make_event(
        source=SERVICE,
        event_type=LLM_JOB_REQUESTED,
        subject=str(job_id),
        tenant=conversation.tenant_id,
        data=job,
        clock=clock,
    )


class SummaryHandler:
    """Takes finished jobs from the queue. One that comes twice, or that nobody waits for any more, changes nothing."""

    def __init__(self, session_factory: SessionFactory) -> None:
        self._factory = session_factory

    def __call__(self, event: AnyEvent) -> None:
        """Keep a summary with its conversation."""
        job = LlmJobCompleted.model_validate(event.data)
        if not isinstance(job.result, SummaryResult):
            return
        with unit_of_work(self._factory) as session:
            session.execute(
                update(Conversation)
                .where(
                    Conversation.id == job.subject_id,
                    Conversation.tenant_id == event.tenant,
                    Conversation.summary_job_id == job.job_id,
                )
                .values(summary=storable(job.result.summary))
                .execution_options(synchronize_session=False)
            )
