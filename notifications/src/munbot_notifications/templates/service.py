"""Templates as a municipality uses them: its own newest version, or the built-in one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from munbot_common.auth import Principal
from munbot_common.logs import get_logger
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from munbot_notifications.audit import note
from munbot_notifications.problems import TemplateInvalid, TemplateStale, TemplateUnknown
from munbot_notifications.templates import repository
from munbot_notifications.templates.builtin import Template, Words, templates
from munbot_notifications.templates.engine import Filled, Municipality, TemplateBroken, check, fill
from munbot_notifications.templates.models import TemplateVersion
from munbot_notifications.texts import say

log = get_logger("notifications.templates")

EXAMPLE_LINK = "https://municipio.example/no-recibir"


def require(name: str) -> Template:
    """Return a built-in template.

    Raises:
        TemplateUnknown: there is none of that name.
    """
    template = templates().get(name)
    if template is None:
        raise TemplateUnknown
    return template


def words_of(session: Session, tenant: str, template: Template) -> tuple[Words, int]:
    """Return what the municipality says, and which version that is; 0: the built-in one."""
    own = repository.current(session, tenant, template.name)
    if own is None or own.subject is None:
        return template.words, 0 if own is None else own.version
    return _words(own), own.version


def compose(
    template: Template,
    own: tuple[Words, int],
    data: Mapping[str, Any],
    municipality: Municipality,
    *,
    unsubscribe_url: str = "",
) -> tuple[Filled, int]:
    """Return what is said to one recipient, and by which version.

    A version of the municipality's own that cannot take these data gives way to the built-in one: better its words
    than none.

    Args:
        template: which.
        own: what the municipality says, from `words_of`.
        data: what it is filled with.
        municipality: who speaks.
        unsubscribe_url: for the foot of mails.

    Raises:
        TemplateBroken: the built-in one cannot take them either.
    """
    words, version = own
    try:
        return fill(words, data, municipality, unsubscribe_url=unsubscribe_url), version
    except TemplateBroken as error:
        if words is template.words:
            raise
        log.warning("own_template_broken", template=template.name, version=version, part=error.part, line=error.line)
        return fill(template.words, data, municipality, unsubscribe_url=unsubscribe_url), 0


def preview(template: Template, words: Words, data: Mapping[str, Any], municipality: Municipality) -> Filled:
    """Return what words would say.

    Raises:
        TemplateInvalid: they cannot; `errors` says in which part and line.
    """
    link = EXAMPLE_LINK if template.audience == "citizen" else ""
    try:
        if data is template.example:
            return check(words, data, municipality)
        return fill(words, data, municipality, unsubscribe_url=link)
    except TemplateBroken as error:
        detail = error.detail if error.line is None else say("templates.line", line=error.line, detail=error.detail)
        wrong = {"field": error.part, "code": "template_invalid", "detail": detail}
        raise TemplateInvalid(
            f"{error.part}: {detail}", errors=[wrong], extra={"part": error.part, "line": error.line}
        ) from error


def save(
    session: Session,
    principal: Principal,
    template: Template,
    words: Words | None,
    *,
    seen: int | None,
    municipality: Municipality,
    now: datetime,
) -> TemplateVersion:
    """Store a new version, tried with the example first; None: the built-in words again.

    Args:
        session: the request's transaction.
        principal: who writes, and for whom.
        template: which.
        words: what it says.
        seen: the version that the author has seen; None: whatever it is.
        municipality: for the try.
        now: the present moment.

    Raises:
        TemplateInvalid: the words cannot be used.
        TemplateStale: somebody else wrote a version in between.
    """
    if words is not None:
        preview(template, words, template.example, municipality)
    tenant = principal.tenant
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"template:{tenant}:{template.name}"})
    said, version = words_of(session, tenant, template)
    if seen is not None and seen != version:
        raise TemplateStale(extra={"current": version})
    row = TemplateVersion(
        tenant_id=tenant,
        name=template.name,
        version=version + 1,
        author=principal.subject,
        **(words.model_dump() if words else {}),
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise TemplateStale from error
    session.refresh(row)
    after: dict[str, Any] = {"version": row.version}
    if words is not None:
        after["fields"] = sorted(part for part, value in words if value != getattr(said, part))
    action = "template.reset" if words is None else "template.saved"
    note(session, principal, action, template.name, now=now, before={"version": version}, after=after)
    return row


def _words(row: TemplateVersion) -> Words:
    return Words(subject=row.subject or "", text=row.text or "", html=row.html or "", short=row.short or "")
