"""One attempt to hand a message over."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from munbot_notifications.webhooks.guard import AddressRefused, Guard

AGENT = "Munbot-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt.

    Attributes:
        status: of the answer; None without one.
        error: a code, when it failed: of `AddressRefused`, or `timeout`, `tls`, `unreachable`, `redirect`, `status`.
        milliseconds: how long it took.
        retry_after: seconds that the receiver asked for.
    """

    status: int | None
    error: str | None
    milliseconds: int
    retry_after: float | None = None

    @property
    def delivered(self) -> bool:
        """Whether the receiver has it."""
        return self.error is None


class Transport:
    """Posts to checked addresses, within a limit of time that holds for everything from the name to the answer's head.

    Args:
        guard: says where to.
        timeout: seconds.
        tls: for tests; the system's certificates by default.
    """

    def __init__(self, guard: Guard, *, timeout: float, tls: ssl.SSLContext | None = None) -> None:
        self._guard = guard
        self._timeout = timeout
        self._tls = tls or ssl.create_default_context()

    def post(self, url: str, body: str, headers: Mapping[str, str]) -> Outcome:
        """Post a body and return what became of it; nothing is raised for what the receiver does."""
        started = time.monotonic()
        status, error, retry_after = None, None, None
        try:
            status, retry_after = asyncio.run(self._post(url, body, headers))
            error = _judged(status)
        except AddressRefused as refused:
            error = refused.code
        except (TimeoutError, httpx.TimeoutException):
            error = "timeout"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as failure:
            error = "tls" if _is_tls(failure) else "unreachable"
        return Outcome(status, error, round((time.monotonic() - started) * 1000), retry_after)

    async def _post(self, url: str, body: str, headers: Mapping[str, str]) -> tuple[int, float | None]:
        async with asyncio.timeout(self._timeout):
            target = await asyncio.to_thread(self._guard.check, url)
            sent = {**headers, "Host": target.host_header, "Content-Type": "application/json", "User-Agent": AGENT}
            extensions = {"sni_hostname": target.host} if target.scheme == "https" else {}
            async with (
                httpx.AsyncClient(verify=self._tls, trust_env=False, follow_redirects=False, timeout=None) as client,  # noqa: S113 - the limit above holds
                client.stream(
                    "POST", target.connect_url, content=body.encode(), headers=sent, extensions=extensions
                ) as response,
            ):
                return response.status_code, _seconds(response.headers.get("retry-after"))


def _judged(status: int) -> str | None:
    if httpx.codes.is_success(status):
        return None
    return "redirect" if httpx.codes.is_redirect(status) else "status"


def _seconds(value: str | None) -> float | None:
    return float(value) if value and value.isascii() and value.isdigit() and len(value) < 8 else None


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
