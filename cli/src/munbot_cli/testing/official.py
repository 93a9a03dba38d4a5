"""An official's log-in for tests that take longer than a token lives."""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import httpx

__all__ = ["Official", "demo_login"]

_SHARE = 0.5
"""Of a token's life; then it is not shown any more."""


def demo_login(tenant: str, who: str) -> dict[str, str]:
    """Return what `admin`, `agente` or `lectura` of a municipality of the demo type at the log-in page."""
    password = unquote(os.environ["MUNBOT_TEST_DEMO_PASSWORD"])
    return {"tenant": tenant, "email": f"{who}@{tenant}.demo", "password": password}


class Official(httpx.Auth):
    """Shows an official's token, and logs in again before it is stale: `httpx.Client(auth=Official(url, login))`.

    Args:
        base_url: of nginx.
        login: tenant, email and password.
    """

    requires_response_body = True

    def __init__(self, base_url: str, login: dict[str, str]) -> None:
        self._url = f"{base_url}/api/conversations/v1/auth/login"
        self._login = login
        self._answer: dict[str, Any] = {}
        self._until = 0.0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Log in where that is due, then send the request."""
        if time.monotonic() >= self._until:
            answer = yield self._asking()
            while answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                time.sleep(float(answer.headers.get("Retry-After", "1")))
                answer = yield self._asking()
            self._take(answer)
        request.headers["Authorization"] = f"Bearer {self._answer['access_token']}"
        yield request

    def session(self) -> dict[str, Any]:
        """Return the newest answer to the log-in: token, seconds, person."""
        with httpx.Client(auth=self, timeout=60) as client:
            client.get(self._url.replace("/login", "/me")).raise_for_status()
        return self._answer

    def _asking(self) -> httpx.Request:
        return httpx.Request("POST", self._url, json=self._login)

    def _take(self, answer: httpx.Response) -> None:
        assert answer.status_code == HTTPStatus.OK, answer.text
        self._answer = answer.json()
        self._until = time.monotonic() + self._answer["expires_in"] * _SHARE
