"""/v1/accounts: the office's numbers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import JSONResponse
from munbot_common.database import SessionDep, unit_of_work
from munbot_common.idempotency import Answer, IdempotencyKey, IdempotencyKeyReused, answer_once
from munbot_common.problems import Forbidden, PreconditionFailed, Unauthorized, Unprocessable, problem_responses

from munbot_whatsapp.accounts import repository, service
from munbot_whatsapp.accounts.schemas import AccountChange, AccountCreate, AccountHealth, AccountItem, AccountList
from munbot_whatsapp.accounts.views import Views
from munbot_whatsapp.base import IDEMPOTENCY_KEYS
from munbot_whatsapp.dependencies import SECURED, SECURED_OBJECT, AdminDep, ReaderDep
from munbot_whatsapp.problems import (
    AccountInUse,
    AccountUnknown,
    CredentialsInvalid,
    HostRefused,
    OptionsInvalid,
    ReferenceTaken,
    SlugTaken,
)

router = APIRouter(prefix="/v1/accounts", tags=["accounts"])

Slug = Annotated[str, Path(max_length=60)]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=32, description='The version that the caller has seen, such as `"3"`'),
]


async def _views(request: Request) -> Views:
    return Views.of(request.app)


ViewsDep = Annotated[Views, Depends(_views)]


@router.get("", responses=SECURED)
def list_accounts(principal: ReaderDep, session: SessionDep, views: ViewsDep) -> AccountList:
    """List the tenant's accounts."""
    return AccountList(items=[views.item(row) for row in repository.all_of(session, principal.tenant)])


@router.post(
    "",
    status_code=201,
    response_model=AccountItem,
    responses=problem_responses(
        Unauthorized,
        Forbidden,
        SlugTaken,
        ReferenceTaken,
        CredentialsInvalid,
        HostRefused,
        OptionsInvalid,
        IdempotencyKeyReused,
        Unprocessable,
    ),
)
def create_account(
    wish: AccountCreate, principal: AdminDep, session: SessionDep, views: ViewsDep, key: IdempotencyKey = None
) -> Response:
    """Add an account."""

    def respond() -> Answer:
        row = service.create(session, principal, wish, now=views.clock(), **views.tools(wish.provider))
        return Answer(201, views.item(row).model_dump(mode="json"))

    answer = answer_once(
        session,
        IDEMPOTENCY_KEYS,
        principal=principal,
        operation="account.create",
        key=key,
        request=views.fingerprint(wish),
        respond=respond,
    )
    views.forget()
    return JSONResponse(answer.body, status_code=answer.status)


@router.get("/{slug}", responses=SECURED_OBJECT)
def get_account(slug: Slug, principal: ReaderDep, session: SessionDep, views: ViewsDep) -> AccountItem:
    """Return one account."""
    return views.item(service.require(session, principal.tenant, slug))


@router.patch(
    "/{slug}",
    responses=problem_responses(
        Unauthorized,
        Forbidden,
        AccountUnknown,
        PreconditionFailed,
        CredentialsInvalid,
        HostRefused,
        OptionsInvalid,
        Unprocessable,
    ),
)
def change_account(
    slug: Slug,
    wish: AccountChange,
    principal: AdminDep,
    session: SessionDep,
    *,
    views: ViewsDep,
    if_match: IfMatch = None,
) -> AccountItem:
    """Change an account; whatever it is, an account that was stopped or paused is tried again."""
    row = service.require(session, principal.tenant, slug, lock=True)
    if if_match not in {None, "*"} and str(if_match).removeprefix("W/").strip('"') != str(row.version):
        raise PreconditionFailed
    service.change(session, principal, row, wish, now=views.clock(), **views.tools(row.provider))
    views.forget()
    return views.item(row)


@router.delete(
    "/{slug}",
    status_code=204,
    responses=problem_responses(Unauthorized, Forbidden, AccountUnknown, AccountInUse, Unprocessable),
)
def remove_account(slug: Slug, principal: AdminDep, session: SessionDep, views: ViewsDep) -> None:
    """Remove an account from which nothing was sent; others are switched off with `active`."""
    row = service.require(session, principal.tenant, slug, lock=True)
    service.remove(session, principal, row, views.clock())
    views.forget()


@router.get("/{slug}/health", responses=SECURED_OBJECT)
def get_health(slug: Slug, principal: ReaderDep, request: Request, views: ViewsDep) -> AccountHealth:
    """Ask the provider whether the account works, and say what we know of it ourselves."""
    with unit_of_work(request.app.state.session_factory) as session:
        row = service.require(session, principal.tenant, slug)
        waiting = repository.waiting_parts(session, row.id)
    # Outside of the transaction: the provider may take its time.
    probe = views.probe(row) if row.active else None
    return views.health(row, probe=probe, waiting=waiting)
