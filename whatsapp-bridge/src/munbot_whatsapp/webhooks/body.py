"""A request's body, never read further than a limit."""

from fastapi import Request
from munbot_common.problems import PayloadTooLarge


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body.

    Raises:
        PayloadTooLarge: it is longer than `limit` bytes, as it says itself or as it turns out.
    """
    if (said := request.headers.get("content-length", "")).isdigit() and int(said) > limit:
        raise PayloadTooLarge
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise PayloadTooLarge
    return bytes(body)
