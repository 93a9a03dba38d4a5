"""The Graph API, as the bridge's provider for Meta calls it."""

import asyncio
import hmac
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from starlette.datastructures import UploadFile

from munbot_simulator.accounts import SimulatedAccount
from munbot_simulator.dependencies import ServicesDep
from munbot_simulator.graph.calls import MarkRead
from munbot_simulator.graph.errors import GraphError, ObjectUnknown
from munbot_simulator.graph.reading import read_call
from munbot_simulator.media.kinds import MAX_BYTES, TYPES, base_type
from munbot_simulator.metrics import SENDS


async def _allowed(request: Request, services: ServicesDep) -> None:
    """See that the provider is up, and that the token is good."""
    if services.faults.now.provider_down:
        raise GraphError(2)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), services.secret.encode()):
        raise GraphError(190)


async def _versioned(version: Annotated[str, Path(pattern=r"^v\d{1,2}\.\d$")]) -> None:
    """Take any version of the API: all are alike here."""


router = APIRouter(tags=["graph"], dependencies=[Depends(_allowed)])
VERSIONED = [Depends(_versioned)]

ObjectId = Annotated[str, Path(pattern=r"^\d{1,20}$")]


def _account(phone_number_id: ObjectId, services: ServicesDep) -> SimulatedAccount:
    account = services.book.by_number_id(phone_number_id)
    if account is None:
        raise ObjectUnknown(phone_number_id)
    return account


AccountDep = Annotated[SimulatedAccount, Depends(_account)]


@router.post("/{version}/{phone_number_id}/messages", dependencies=VERSIONED)
async def send(account: AccountDep, request: Request, services: ServicesDep) -> dict[str, Any]:
    """Send a message, or mark one as read."""
    call = read_call(await request.body())
    if isinstance(call, MarkRead):
        services.graph.mark_read(account, call)
        return {"success": True}
    try:
        wamid = services.graph.send(account, call)
    except GraphError as error:
        SENDS.labels(str(error.code)).inc()
        raise
    SENDS.labels("0").inc()
    await asyncio.sleep(services.faults.now.slow_ms / 1000)
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": call.to, "wa_id": call.number}],
        "messages": [{"id": wamid}],
    }


@router.post("/{version}/{phone_number_id}/media", dependencies=[*VERSIONED, Depends(_account)])
async def upload(request: Request, services: ServicesDep) -> dict[str, str]:
    """Take a file that a message will refer to."""
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp" or not isinstance(file, UploadFile):
            raise GraphError(100, "messaging_product and file are required")
        content_type = file.content_type or str(form.get("type", ""))
        kind = next((kind for kind, types in TYPES.items() if base_type(content_type) in types), None)
        if kind is None:
            raise GraphError(100, f"file must have a supported type; {base_type(content_type)[:80]} is none")
        if (file.size or 0) > MAX_BYTES[kind]:
            raise GraphError(131053, f"{kind} files have at most {MAX_BYTES[kind]} bytes")
        stored = services.media.add(kind, content_type, await file.read(), filename=file.filename)
    return {"id": stored.id}


@router.get("/{version}/{object_id}", dependencies=VERSIONED)
async def read_object(object_id: ObjectId, request: Request, services: ServicesDep) -> dict[str, Any]:
    """Read a number, or where a file can be fetched from."""
    if account := services.book.by_number_id(object_id):
        return {
            "id": account.phone_number_id,
            "display_phone_number": account.phone,
            "verified_name": account.name,
            "quality_rating": "GREEN",
        }
    file = services.media.get(object_id)
    if file is None:
        raise ObjectUnknown(object_id)
    return {
        "messaging_product": "whatsapp",
        "url": f"{str(request.base_url).rstrip('/')}{services.media.path(file.id)}",
        "mime_type": file.content_type,
        "sha256": file.hex_sha256,
        "file_size": str(len(file.data)),
        "id": file.id,
    }


@router.get("/media/{file_id}/content", response_class=Response)
async def read_content(
    file_id: ObjectId,
    services: ServicesDep,
    expires: Annotated[int, Query(alias="ext", ge=0)],
    given: Annotated[str, Query(alias="hash", max_length=128)],
) -> Response:
    """Read a file from the address that the call before gave."""
    file = services.media.get(file_id)
    if file is None or not services.media.is_good(file_id, expires, given):
        raise ObjectUnknown(file_id)
    return Response(file.data, media_type=file.content_type)
