"""What the hub's audit log is told of documents before it is done: their names, never a word that is in them."""

from typing import Any

from munbot_common.audit import AuditBook
from munbot_common.auth import Principal

from munbot_llm.knowledge.models import KnowledgeDocument

HUB = "service:conversations"
"""Writes the pairs that officials make of citizens' questions, and notes that itself."""


def note_change(
    audit: AuditBook, who: Principal, before: KnowledgeDocument | None, after: KnowledgeDocument | None
) -> None:
    """Note that a document or pair is about to be written, or removed (`after` is None).

    Raises:
        AuditAway: it could not be noted.
    """
    document = after or before
    if document is None or (document.kind == "pair" and who.subject == HUB):
        return
    was, now = _facts(before), _facts(after)
    if was and now:
        was = {name: value for name, value in was.items() if value != now[name]}
    written = "uploaded" if document.kind == "document" else "written"
    audit.note(
        who,
        action=f"{document.kind}.{written if after else 'removed'}",
        object_type=document.kind,
        object_id=document.id,
        before=was,
        after=now,
    )


def _facts(document: KnowledgeDocument | None) -> dict[str, Any] | None:
    """Return what may be told: a pair's title is a question, perhaps in a citizen's own words."""
    if document is None:
        return None
    if document.kind == "pair":
        return {"version": document.version}
    return {
        "filename": document.filename,
        "size": document.size,
        "sha256": document.sha256,
        "version": document.version,
    }
