"""The gateway as its worker sees it: one caller among others, and the least urgent of them."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import stamina
from munbot_common.auth import TENANT_HEADER
from munbot_common.client import CORRELATION_HEADER
from munbot_common.logs import correlation_id
from munbot_contracts.jobs import CategoryResult, ComplaintInput

PRIORITY_HEADER = "X-Munbot-Priority"
REQUEST_SECONDS = 130.0  # longer than any deadline of the gateway's own
MIN_WAIT_SECONDS, USUAL_WAIT_SECONDS, MAX_WAIT_SECONDS = 0.1, 5.0, 60.0
_DEADLINE = "deadline_exceeded"
_TOO_LONG = "prompt_too_long"


class GatewayAway(Exception):
    """No answer, or one that says: not now."""


class GatewayBusy(GatewayAway):
    """Its queue is full; `seconds` says when to come back."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"busy for {seconds:g} s")
        self.seconds = seconds


class GatewayRefused(Exception):
    """It will never answer this; `code` is the problem's."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.code = code


class PromptTooLong(GatewayRefused):
    """The messages do not fit into the model's context."""


class TooSlow(Exception):
    """The model did not finish within the gateway's deadline."""


@dataclass(frozen=True, slots=True)
class RemoteState:
    """How the language model is: `state`, `name` and `reason` as GET /v1/status has them."""

    state: str
    name: str = ""
    reason: str = ""

    @property
    def ready(self) -> bool:
        """Whether it answers."""
        return self.state == "ready"

    @property
    def coming(self) -> bool:
        """Whether it will answer soon, by all that is known: it is being loaded, or its server is away for a moment."""
        return self.state == "loading" or self.reason == "remote_away"


class GatewayClient:
    """A blocking client.

    Args:
        base_url: address of the gateway.
        token: this service's own token.
        patience_seconds: how long a full queue is waited for; then the job goes back to the broker.
        transport: for tests.
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None,
        patience_seconds: float = 120.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {PRIORITY_HEADER: "low"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._http = httpx.Client(base_url=base_url, timeout=REQUEST_SECONDS, headers=headers, transport=transport)
        self._patience = patience_seconds

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def model(self, tenant: str) -> RemoteState:
        """Return how the language model is, as GET /v1/status tells it.

        Raises:
            GatewayAway: no answer.
        """
        return RemoteState(**self._call("GET", "/v1/status", tenant)["model"])

    def complete(
        self, tenant: str, model: str, messages: Sequence[dict[str, str]], *, max_tokens: int, temperature: float
    ) -> str:
        """Return what the model writes.

        Raises:
            PromptTooLong: the messages do not fit.
            TooSlow: not done within the gateway's deadline.
            GatewayBusy: the queue stayed full.
            GatewayAway: no answer, or the model went away.
            GatewayRefused: refused for another reason.
        """
        body = {"model": model, "messages": list(messages), "max_tokens": max_tokens, "temperature": temperature}
        return str(self._call("POST", "/v1/chat/completions", tenant, body)["choices"][0]["message"]["content"])

    def categorise(self, tenant: str, given: ComplaintInput) -> CategoryResult:
        """Return the category that fits a complaint best.

        Raises:
            GatewayBusy, GatewayAway, GatewayRefused: as `complete`.
        """
        return CategoryResult.model_validate(
            self._call("POST", "/v1/categorise", tenant, given.model_dump(mode="json"))
        )

    def _call(self, method: str, path: str, tenant: str, body: dict[str, Any] | None = None) -> Any:
        end = time.monotonic() + self._patience

        def wait(error: Exception) -> bool | float:
            """Say after how long a call is repeated, which is what the gateway asks for; False: not at all."""
            if not isinstance(error, GatewayBusy) or time.monotonic() + error.seconds > end:
                return False
            return error.seconds

        repeat = stamina.RetryingCaller(attempts=None, timeout=2 * self._patience)
        return repeat(wait, self._once, method, path, tenant, body)

    def _once(self, method: str, path: str, tenant: str, body: dict[str, Any] | None) -> Any:
        headers = {TENANT_HEADER: tenant, CORRELATION_HEADER: correlation_id.get() or ""}
        try:
            response = self._http.request(method, path, json=body, headers=headers)
        except httpx.TransportError as error:
            raise GatewayAway(repr(error)) from error
        if response.is_success:
            return response.json()
        raise _problem_of(response)


def _problem_of(response: httpx.Response) -> Exception:
    try:
        body = response.json()
    except json.JSONDecodeError:
        body = {}
    code = str(body.get("code", "")) if isinstance(body, dict) else ""
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        asked = response.headers.get("Retry-After", "")
        seconds = float(asked) if asked.isdecimal() else USUAL_WAIT_SECONDS
        return GatewayBusy(min(MAX_WAIT_SECONDS, max(MIN_WAIT_SECONDS, seconds)))
    if code == _DEADLINE:
        return TooSlow()
    if response.is_server_error:
        return GatewayAway(f"{response.status_code} {code}")
    kind = PromptTooLong if code == _TOO_LONG else GatewayRefused
    return kind(response.status_code, code)
