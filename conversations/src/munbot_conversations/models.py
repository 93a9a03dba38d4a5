"""All tables, so that the metadata is whole wherever it is used."""

from munbot_conversations.agents.models import Agent
from munbot_conversations.audit.models import AuditEntry, AuditHead
from munbot_conversations.auth.models import LoginFailures
from munbot_conversations.base import IDEMPOTENCY, INBOX, OUTBOX, Base
from munbot_conversations.canned.models import CannedAnswer
from munbot_conversations.contacts.models import Contact, ContactAddress
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.feedback.models import MessageFeedback
from munbot_conversations.messages.models import Message
from munbot_conversations.notes.models import Note
from munbot_conversations.numbers.models import Handoff, Visit
from munbot_conversations.reading.models import ReadPosition
from munbot_conversations.tenants.models import Tenant
from munbot_conversations.unanswered.models import UnansweredOccurrence, UnansweredQuestion

__all__ = [
    "IDEMPOTENCY",
    "INBOX",
    "OUTBOX",
    "Agent",
    "AuditEntry",
    "AuditHead",
    "Base",
    "CannedAnswer",
    "Contact",
    "ContactAddress",
    "Conversation",
    "Handoff",
    "LoginFailures",
    "Message",
    "MessageFeedback",
    "Note",
    "ReadPosition",
    "Tenant",
    "UnansweredOccurrence",
    "UnansweredQuestion",
    "Visit",
]
