"""Files of bubbles: conversations keeps them and knows who may have them; they pass here for other sites' CORS."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import httpx
from munbot_common.auth import TokenInvalid
from munbot_common.client import CORRELATION_HEADER
from munbot_common.logs import correlation_id, get_logger
from munbot_common.problems import NotFound, Unavailable

from munbot_web.texts import say

log = get_logger("media")

TIMEOUT = httpx.Timeout(15.0, connect=3.0)
KEPT_HEADERS = (
    "content-type",
    "content-length",
    "content-disposition",
    "content-security-policy",
    "x-content-type-options",
    "cache-control",
)
"""What conversations says of a file; nothing else of its answer is passed on."""


class FileAway(Unavailable):
    """The file cannot be had now."""

    code = "file_store_away"
    title = "El archivo no está disponible por el momento"


class FileUnknown(NotFound):
    """There is no such file for this citizen."""

    code = "file_missing"
    title = "Ese archivo no existe"


@dataclass(frozen=True, slots=True)
class PassingFile:
    """A file on its way to a citizen; `chunks` ends its connection."""

    headers: dict[str, str]
    answer: httpx.Response

    async def chunks(self) -> AsyncIterator[bytes]:
        """Give the file piece by piece, as conversations sends it."""
        try:
            async for chunk in self.answer.aiter_raw():
                yield chunk
        finally:
            await self.answer.aclose()


class MediaDoor:
    """Asks conversations for a file with the citizen's own token: it decides as if they had asked themselves."""

    def __init__(self, base_url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT, transport=transport)

    async def open(self, authorization: str, message_id: UUID) -> PassingFile:
        """Begin to read the file of a message.

        Args:
            authorization: the caller's header.
            message_id: whose file it is.

        Raises:
            TokenInvalid: conversations does not take the token.
            FileUnknown: no file, or none for this citizen.
            FileAway: conversations or the object store does not answer.
        """
        # Bytes are passed on as they are: the length that is announced must be theirs.
        headers = {"Authorization": authorization, "Accept-Encoding": "identity"}
        if value := correlation_id.get():
            headers[CORRELATION_HEADER] = value
        request = self._http.build_request("GET", f"/v1/messages/{message_id}/media", headers=headers)
        try:
            answer = await self._http.send(request, stream=True)
        except httpx.TransportError as error:
            log.warning("file_not_read", kind=type(error).__name__)
            raise FileAway(headers={"Retry-After": "2"}) from error
        if answer.status_code == httpx.codes.OK:
            kept = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
            return PassingFile(kept, answer)
        await answer.aclose()
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise TokenInvalid(say("token_invalid"))
        if answer.status_code in {httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN}:
            raise FileUnknown
        log.warning("file_not_read", status=answer.status_code)
        raise FileAway(headers={"Retry-After": "2"})

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
