"""HTTP entrance of the providers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import PlainTextResponse
from munbot_common.problems import PayloadTooLarge, Unavailable, problem_responses

from munbot_whatsapp.accounts.book import KnownAccount
from munbot_whatsapp.problems import (
    AccountMismatch,
    AccountUnknown,
    ChallengeRefused,
    SignatureRefused,
    WebhookUnreadable,
)
from munbot_whatsapp.settings import ApiSettings
from munbot_whatsapp.webhooks.body import read_body
from munbot_whatsapp.webhooks.service import Post, Webhooks

router = APIRouter(prefix="/webhooks/whatsapp", tags=["webhooks"])

PATH = "/{provider}/{account}"

Provider = Annotated[str, Path(max_length=20)]
Slug = Annotated[str, Path(max_length=60)]


async def _service(request: Request) -> Webhooks:
    service: Webhooks = request.app.state.webhooks
    return service


ServiceDep = Annotated[Webhooks, Depends(_service)]


@router.get(
    PATH, response_class=PlainTextResponse, responses=problem_responses(AccountUnknown, ChallengeRefused, Unavailable)
)
async def challenge(provider: Provider, account: Slug, request: Request, service: ServiceDep) -> str:
    """Answer a provider that wants to know whether this address is ours."""
    known = await service.account(provider, account)
    return await service.challenge(known, request.query_params)


@router.post(
    PATH,
    status_code=200,
    response_class=Response,
    responses=problem_responses(
        WebhookUnreadable, SignatureRefused, AccountMismatch, AccountUnknown, PayloadTooLarge, Unavailable
    ),
)
async def receive(provider: Provider, account: Slug, request: Request, service: ServiceDep) -> Response:
    """Take a provider's webhook; 200 says that what it tells will not be lost. Anything repeated has no effect."""
    known = await service.account(provider, account)
    settings: ApiSettings = request.app.state.settings
    body = await read_body(request, settings.webhook_max_bytes)
    post = Post(
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        url=_public_address(request, settings, known),
        remote=request.client.host if request.client else "",
    )
    await service.take(known, post)
    return Response()


def _public_address(request: Request, settings: ApiSettings, known: KnownAccount) -> str:
    """Return the address that was asked, as it is known outside: some providers sign it."""
    address = known.account.options.get("webhook_url") or settings.public_url.rstrip("/") + request.url.path
    return f"{address}?{request.url.query}" if request.url.query else str(address)
