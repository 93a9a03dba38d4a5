"""/v1/templates."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header
from munbot_common.auth import Principal
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses
from sqlalchemy.orm import Session

from munbot_notifications.dependencies import SECURED, AdminDep, ClockDep, ReaderDep
from munbot_notifications.problems import TemplateInvalid, TemplateStale, TemplateUnknown
from munbot_notifications.schemas import Page
from munbot_notifications.templates import repository, service
from munbot_notifications.templates.builtin import Template, Words, templates
from munbot_notifications.templates.engine import Municipality
from munbot_notifications.templates.models import TemplateVersion
from munbot_notifications.templates.schemas import (
    FilledOut,
    PreviewBody,
    TemplateItem,
    TemplateOut,
    VersionOut,
    WordsBody,
)

router = APIRouter(prefix="/v1/templates", tags=["templates"])

_ANY = Municipality("Municipalidad")
_ONE = problem_responses(Unauthorized, Forbidden, Unprocessable, TemplateUnknown)
_TRIED = problem_responses(Unauthorized, Forbidden, Unprocessable, TemplateUnknown, TemplateInvalid)
_SAVED = problem_responses(Unauthorized, Forbidden, Unprocessable, TemplateUnknown, TemplateInvalid, TemplateStale)
Seen = Annotated[
    str | None, Header(alias="If-Match", pattern=r'^"?\d{1,9}"?$', description="The version that was seen")
]


@router.get("", responses=SECURED)
def list_templates(session: SessionDep, principal: ReaderDep) -> Page[TemplateItem]:
    """List what people are told, and what is said in the municipality's own words."""
    own = repository.current_by_name(session, principal.tenant)
    return Page(items=[TemplateItem.model_validate(_item(one, own.get(one.name))) for one in templates().values()])


@router.get("/{name}", responses=_ONE)
def get_template(name: str, session: SessionDep, principal: ReaderDep) -> TemplateOut:
    """Return a template as it is in use."""
    return _shown(session, principal.tenant, service.require(name))


@router.get("/{name}/versions", responses=_ONE)
def list_versions(name: str, session: SessionDep, principal: ReaderDep) -> Page[VersionOut]:
    """List the municipality's own versions, the newest first."""
    rows = repository.versions(session, principal.tenant, service.require(name).name)
    return Page(items=[_version(row) for row in rows])


@router.put("/{name}", responses=_SAVED)
def put_template(
    *, name: str, body: WordsBody, session: SessionDep, principal: AdminDep, clock: ClockDep, if_match: Seen = None
) -> TemplateOut:
    """Say it in the municipality's own words, from the next notification on. A version with an error is refused."""
    return _saved(session, principal, name, words=_words(body), seen=if_match, now=clock())


@router.delete("/{name}", responses=_SAVED)
def reset_template(
    name: str, session: SessionDep, principal: AdminDep, clock: ClockDep, if_match: Seen = None
) -> TemplateOut:
    """Say it in the built-in words again; the versions stay."""
    return _saved(session, principal, name, words=None, seen=if_match, now=clock())


@router.post("/{name}/preview", responses=_TRIED)
def preview(name: str, body: PreviewBody, session: SessionDep, principal: ReaderDep) -> FilledOut:
    """Return what a recipient would read; nothing is saved or sent."""
    template = service.require(name)
    words = _words(body.words) if body.words else service.words_of(session, principal.tenant, template)[0]
    filled = service.preview(template, words, template.example if body.data is None else body.data, _ANY)
    return FilledOut(subject=filled.subject, text=filled.text, html=filled.html, short=filled.short)


def _saved(
    session: Session, principal: Principal, name: str, *, words: Words | None, seen: str | None, now: datetime
) -> TemplateOut:
    template = service.require(name)
    version = int(seen.strip('"')) if seen else None
    service.save(session, principal, template, words, seen=version, municipality=_ANY, now=now)
    return _shown(session, principal.tenant, template)


def _shown(session: Session, tenant: str, template: Template) -> TemplateOut:
    row = repository.current(session, tenant, template.name)
    words, _ = service.words_of(session, tenant, template)
    return TemplateOut.model_validate(
        {
            **_item(template, row),
            "words": words.model_dump(),
            "builtin": template.words.model_dump(),
            "example": dict(template.example),
        }
    )


def _item(template: Template, row: TemplateVersion | None) -> dict[str, object]:
    return {
        "name": template.name,
        "title": template.title,
        "audience": template.audience,
        "channels": list(template.channels),
        "version": row.version if row else 0,
        "own": bool(row and row.subject is not None),
    }


def _version(row: TemplateVersion) -> VersionOut:
    parts = {"subject": row.subject, "text": row.text, "html": row.html, "short": row.short}
    words = WordsBody.model_validate(parts) if row.subject is not None else None
    return VersionOut(version=row.version, words=words, author=row.author, created_at=row.created_at)


def _words(body: WordsBody) -> Words:
    return Words(**body.model_dump())
