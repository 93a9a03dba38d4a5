"""Calls from one of our services to another: token, tenant, correlation id, retries, and problems as exceptions."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypedDict

import httpx
import stamina

from munbot_common.auth import TENANT_HEADER
from munbot_common.logs import correlation_id

RETRIED_STATUS = frozenset({502, 503, 504})
CORRELATION_HEADER = "X-Correlation-ID"


class ServiceAway(Exception):
    """The service did not answer, or answered that it cannot work now."""


class ServiceProblem(Exception):
    """The service refused: its problem document, with `status`, `code`, `detail` and further members in `body`."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.body = body
        self.code = str(body.get("code", f"http_{status}"))
        self.detail = str(body.get("detail", ""))
        super().__init__(f"{status} {self.code}")


Files = Mapping[str, tuple[str, bytes, str]]
"""Files of a form by field: name, content, content type."""

_REPEATED = (httpx.TransportError, ServiceAway)


class _Retries(TypedDict):
    """Arguments of stamina; times in seconds."""

    attempts: int
    wait_initial: float
    wait_max: float
    timeout: float | None


@dataclass(frozen=True, slots=True)
class _Call:
    """One call as both clients make it: what is sent, and the one place that says what is repeated and how long."""

    method: str
    path: str
    tenant: str | None
    params: dict[str, Any] | None
    json: Any
    idempotency_key: str | None
    files: Files | None = None

    def options(self) -> dict[str, Any]:
        """Return what httpx sends beside method and path."""
        given = {name: value for name, value in (self.params or {}).items() if value is not None}
        return {"params": given, "json": self.json, "files": self.files, "headers": self._headers()}

    def retries(self, attempts: int) -> _Retries:
        """Return how often it is made, and how long it waits in between: 0.1 to 1 second, at random.

        A write without an idempotency key is made once. All attempts together have no limit, as each has its timeout.
        """
        repeatable = self.method in {"GET", "PUT", "DELETE"} or self.idempotency_key
        return _Retries(attempts=attempts if repeatable else 1, wait_initial=0.1, wait_max=1.0, timeout=None)

    def _headers(self) -> dict[str, str]:
        headers = {}
        if self.tenant:
            headers[TENANT_HEADER] = self.tenant
        if self.idempotency_key:
            headers["Idempotency-Key"] = self.idempotency_key
        if value := correlation_id.get():
            headers[CORRELATION_HEADER] = value
        return headers


@contextmanager
def _away() -> Iterator[None]:
    """Tell the caller of what is left after all attempts: one exception, whatever happened on the wire."""
    try:
        yield
    except httpx.TransportError as error:
        raise ServiceAway(str(error)) from error


def _result(response: httpx.Response) -> Any:
    if response.status_code in RETRIED_STATUS:
        msg = f"{response.request.url.host} answers {response.status_code}"
        raise ServiceAway(msg)
    if response.is_error:
        try:
            body = response.json()
        except ValueError:
            body = {}
        raise ServiceProblem(response.status_code, body if isinstance(body, dict) else {})
    if response.status_code == httpx.codes.NO_CONTENT or not response.content:
        return None
    if "json" not in response.headers.get("content-type", ""):
        return response.text
    return response.json()


def _bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


class ServiceClient:
    """A blocking client of one service.

    Only what may be repeated is repeated: reads, and writes with an idempotency key.

    Args:
        base_url: address of the service.
        token: this service's own token; None for public routes.
        timeout: seconds for each attempt.
        attempts: how often in all.
        transport: for tests.
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None,
        timeout: float = 5.0,
        attempts: int = 3,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url,
            timeout=timeout,
            transport=transport,
            headers=_bearer(token),
        )
        self._attempts = attempts

    def request(
        self,
        method: str,
        path: str,
        *,
        tenant: str | None = None,
        params: dict[str, Any] | None = None,
        json: Any = None,
        files: Files | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        """Return the JSON of the answer (None for 204). Either `json` or a form with `files` is sent.

        Raises:
            ServiceProblem: the service refused (4xx, 500).
            ServiceAway: no answer after all attempts.
        """
        call = _Call(method, path, tenant, params, json, idempotency_key, files)
        with _away():
            return stamina.RetryingCaller(**call.retries(self._attempts))(_REPEATED, self._once, call)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _once(self, call: _Call) -> Any:
        return _result(self._http.request(call.method, call.path, **call.options()))


class AsyncServiceClient:
    """The same for asyncio."""

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None,
        timeout: float = 5.0,
        attempts: int = 3,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=timeout,
            transport=transport,
            headers=_bearer(token),
        )
        self._attempts = attempts

    async def request(
        self,
        method: str,
        path: str,
        *,
        tenant: str | None = None,
        params: dict[str, Any] | None = None,
        json: Any = None,
        idempotency_key: str | None = None,
    ) -> Any:
        """Return the JSON of the answer (None for 204); raises as `ServiceClient.request`."""
        call = _Call(method, path, tenant, params, json, idempotency_key)
        with _away():
            return await stamina.AsyncRetryingCaller(**call.retries(self._attempts))(_REPEATED, self._once, call)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _once(self, call: _Call) -> Any:
        return _result(await self._http.request(call.method, call.path, **call.options()))
