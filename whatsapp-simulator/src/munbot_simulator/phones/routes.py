"""The telephones, for the page and for tests. Open to everybody: this runs in a demo only."""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.concurrency import run_in_threadpool
from munbot_common.problems import problem_responses
from sse_starlette import EventSourceResponse, ServerSentEvent

from munbot_simulator.dependencies import ServicesDep
from munbot_simulator.media.kinds import MAX_BYTES, may_be_shown
from munbot_simulator.phones.models import Entry
from munbot_simulator.phones.schemas import (
    AccountList,
    AccountView,
    Changes,
    MessageRequest,
    Number,
    PhoneList,
    PhoneRequest,
    PhoneView,
    ReadRequest,
    Slug,
    WebhookCheck,
)
from munbot_simulator.phones.service import voice_note
from munbot_simulator.problems import (
    AccountUnknown,
    ChoiceUnknown,
    FileTooLarge,
    FileTypeUnsupported,
    FileUnknown,
    MessageUnknown,
    PhoneUnknown,
    SoundUnreadable,
    TooManyPending,
)

router = APIRouter(prefix="/simulator/api", tags=["phones"])

NumberPath = Annotated[Number, Path()]
Numbers = Annotated[list[Number], Query(alias="phone", min_length=1, max_length=100)]
Since = Annotated[int, Query(ge=0, description="`seq` of the last answer")]
STREAM_SECONDS = 20.0
_SEQ = re.compile(r"^\d{1,15}$")


@router.get("/accounts")
async def list_accounts(services: ServicesDep) -> AccountList:
    """List the offices that can be written to."""
    return AccountList(items=[AccountView(**account.model_dump()) for account in services.book.accounts])


@router.post("/accounts/{slug}/check", responses=problem_responses(AccountUnknown))
async def check_webhook(slug: Slug, services: ServicesDep) -> WebhookCheck:
    """Send the bridge the verification request that Meta sends when a webhook is set up."""
    verified, answer = await services.courier.verify(services.phones.account(slug))
    return WebhookCheck(verified=verified, answer=answer)


@router.get("/phones")
async def list_phones(services: ServicesDep) -> PhoneList:
    """List all telephones."""
    return PhoneList(items=[PhoneView(number=phone.number, name=phone.name) for phone in services.world.phones()])


@router.put("/phones/{number}")
async def put_phone(number: NumberPath, request: PhoneRequest, services: ServicesDep) -> PhoneView:
    """Make a telephone, or rename it."""
    phone = services.world.put(number, request.name)
    return PhoneView(number=phone.number, name=phone.name)


@router.delete("/phones/{number}", status_code=204)
async def remove_phone(number: NumberPath, services: ServicesDep) -> None:
    """Throw a telephone away."""
    services.world.remove(number)


@router.post(
    "/phones/{number}/messages",
    status_code=201,
    responses=problem_responses(PhoneUnknown, AccountUnknown, MessageUnknown, ChoiceUnknown, TooManyPending),
)
async def write(number: NumberPath, request: MessageRequest, services: ServicesDep) -> Entry:
    """Write, choose, react, or send a location."""
    return services.phones.write(number, request)


@router.post(
    "/phones/{number}/files",
    status_code=201,
    responses=problem_responses(
        PhoneUnknown, AccountUnknown, FileTooLarge, FileTypeUnsupported, SoundUnreadable, TooManyPending
    ),
)
async def write_file(
    number: NumberPath,
    services: ServicesDep,
    *,
    account: Annotated[Slug, Form()],
    kind: Annotated[Literal["image", "document", "audio", "voice"], Form()],
    file: Annotated[UploadFile, File()],
    caption: Annotated[str, Form(max_length=1024)] = "",
) -> Entry:
    """Send a file. A `voice` recording of any browser becomes OGG/Opus; an `audio` goes as it is."""
    services.phones.phone(number)
    if (file.size or 0) > MAX_BYTES["audio" if kind == "voice" else kind]:
        raise FileTooLarge
    data = await file.read()
    if kind == "voice":
        return services.phones.write_voice(number, account, await run_in_threadpool(voice_note, data))
    return services.phones.write_file(
        number,
        account,
        kind,
        data,
        content_type=file.content_type or "",
        filename=(file.filename or "")[:200],
        caption=caption,
    )


@router.post("/phones/{number}/read", status_code=204, responses=problem_responses(PhoneUnknown, AccountUnknown))
async def read(number: NumberPath, request: ReadRequest, services: ServicesDep) -> None:
    """Show an account's messages: it is told that they were read."""
    services.phones.read(number, request.account)


@router.get("/phones/{number}/messages", responses=problem_responses(PhoneUnknown))
async def read_messages(
    number: NumberPath,
    services: ServicesDep,
    since: Since = 0,
    wait: Annotated[float, Query(ge=0, le=60, description="seconds to wait when there is nothing")] = 0,
) -> Changes:
    """Read a telephone's messages: all, or those that changed."""
    services.phones.phone(number)
    return await services.phones.changes([number], since, wait=wait)


@router.get("/events", response_class=EventSourceResponse)
async def stream(request: Request, services: ServicesDep, numbers: Numbers) -> EventSourceResponse:
    """Stream what changes on some telephones, after all that is on them: each event is a `Changes`."""
    epoch, _, seq = request.headers.get("last-event-id", "").partition(":")
    # After a restart the sequence begins anew, and what a page knows of the old one says nothing.
    start = int(seq) if epoch == services.world.epoch and _SEQ.match(seq) else 0

    async def events() -> AsyncIterator[ServerSentEvent]:
        known, wait = start, 0.0
        while True:  # an empty event now and then says that the stream lives
            found = await services.phones.changes(numbers, known, wait=wait)
            yield ServerSentEvent(found.model_dump_json(), id=f"{services.world.epoch}:{found.seq}", event="changes")
            known, wait = found.seq, STREAM_SECONDS

    return EventSourceResponse(events(), ping=15, headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})


@router.get("/media/{file_id}", response_class=Response, responses=problem_responses(FileUnknown))
async def read_file(file_id: Annotated[str, Path(pattern=r"^\d{1,20}$")], services: ServicesDep) -> Response:
    """Read a file, as the page shows it."""
    file = services.media.get(file_id)
    if file is None:
        raise FileUnknown
    headers = {
        "Content-Disposition": "inline" if may_be_shown(file.content_type) else "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=3600",
    }
    return Response(file.data, media_type=file.content_type, headers=headers)
