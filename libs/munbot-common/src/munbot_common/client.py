"""Calls from one of our services to another: token, tenant, correlation id, retries, and problems as exceptions."""

from typing import Any

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


def _headers(tenant: str | None, idempotency_key: str | None) -> dict[str, str]:
    headers = {}
    if tenant:
        headers[TENANT_HEADER] = tenant
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    if value := correlation_id.get():
        headers[CORRELATION_HEADER] = value
    return headers


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


def _attempts(method: str, idempotency_key: str | None, attempts: int) -> int:
    return attempts if method in {"GET", "PUT", "DELETE"} or idempotency_key else 1


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
            headers={"Authorization": f"Bearer {token}"} if token else {},
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
        idempotency_key: str | None = None,
    ) -> Any:
        """Return the JSON of the answer (None for 204).

        Raises:
            ServiceProblem: the service refused (4xx, 500).
            ServiceAway: no answer after all attempts.
        """
        params = {name: value for name, value in (params or {}).items() if value is not None}
        try:
            for attempt in stamina.retry_context(
                on=(httpx.TransportError, ServiceAway),
                attempts=_attempts(method, idempotency_key, self._attempts),
                wait_initial=0.1,
                wait_max=1.0,
                timeout=None,
            ):
                with attempt:
                    response = self._http.request(
                        method, path, params=params, json=json, headers=_headers(tenant, idempotency_key)
                    )
                    return _result(response)
        except httpx.TransportError as error:
            raise ServiceAway(str(error)) from error
        msg = "unreachable"
        raise AssertionError(msg)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


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
            headers={"Authorization": f"Bearer {token}"} if token else {},
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
        params = {name: value for name, value in (params or {}).items() if value is not None}
        try:
            async for attempt in stamina.retry_context(
                on=(httpx.TransportError, ServiceAway),
                attempts=_attempts(method, idempotency_key, self._attempts),
                wait_initial=0.1,
                wait_max=1.0,
                timeout=None,
            ):
                with attempt:
                    response = await self._http.request(
                        method, path, params=params, json=json, headers=_headers(tenant, idempotency_key)
                    )
                    return _result(response)
        except httpx.TransportError as error:
            raise ServiceAway(str(error)) from error
        msg = "unreachable"
        raise AssertionError(msg)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
