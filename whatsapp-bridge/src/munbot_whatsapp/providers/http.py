"""Calls to providers, and files from them."""

import base64
import hashlib
import hmac
import ipaddress
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from munbot_whatsapp.providers.base import Account, Decision, Fetched, MediaUnavailable, SendFailed

PIECE = 65_536
HOPS = 4
DETAIL = 300
_PASSING = frozenset({401, 403, 408, 425, 429})  # with a fresh address or a while later a file may come
_PORTS = {"http": 80, "https": 443}

Judge = Callable[[httpx.Response], SendFailed | None]
"""Says what a provider's refusal means; None when it is not the provider's own words."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where the files of one provider may lie. `*.example.com` stands for all below it.

    `own` are asked with our credentials, `others` without. The origin of the account's base_url is always one's
    own, and alone may be asked without TLS.
    """

    own: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def trusts(self, account: Account, address: str) -> bool:
        """Whether our credentials may be sent along.

        Raises:
            MediaUnavailable: the address may not be asked at all.
        """
        try:
            url, base = httpx.URL(address), httpx.URL(account.base_url)
        except (httpx.InvalidURL, TypeError):
            raise MediaUnavailable("host_refused") from None
        if url.userinfo or not url.host:
            raise MediaUnavailable("host_refused")
        if _origin(url) == _origin(base):
            return True
        if url.scheme != "https" or _origin(url)[2] != 443 or _is_ip(url.host):
            raise MediaUnavailable("host_refused")
        if _listed(url.host, self.own):
            return True
        if _listed(url.host, self.others):
            return False
        raise MediaUnavailable("host_refused")


class Caller:
    """Calls one kind of provider; its connections are shared by all threads.

    Args:
        timeout: seconds that a provider may keep us waiting.
        judge: what the provider's refusals mean.
        transport: for tests.
    """

    def __init__(self, *, timeout: float, judge: Judge, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(
            timeout=httpx.Timeout(timeout, connect=min(timeout, 5.0)),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=60),
            transport=transport,
        )
        self._judge = judge

    def call(
        self,
        account: Account,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        sends: bool = False,
        **options: Any,
    ) -> dict[str, Any]:
        """Return the object that the provider answers with; an empty one when it says nothing.

        Args:
            account: whose base_url is called, and whose credentials never come out in an error.
            method: GET or POST.
            path: below base_url.
            headers: with the credentials.
            sends: whether this call sends a message, so that a broken one may have sent it.
            options: httpx's json, data, files, params.

        Raises:
            SendFailed: refused, or no answer.
        """
        try:
            response = self._http.request(method, account.base_url.rstrip("/") + path, headers=dict(headers), **options)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError):
            raise SendFailed(Decision.STOP, "account_invalid") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise SendFailed(Decision.RETRY, "unreachable") from None
        except httpx.TimeoutException:
            raise SendFailed(Decision.RETRY, "timeout", uncertain=sends) from None
        except httpx.HTTPError:
            raise SendFailed(Decision.RETRY, "connection_broken", uncertain=sends) from None
        if response.is_success and not response.content:
            return {}
        if response.is_success:
            try:
                answer = response.json()
            except (ValueError, RecursionError):
                answer = None
            if isinstance(answer, dict):
                return answer
            raise SendFailed(Decision.RETRY, "answer_invalid", uncertain=sends)
        raise _without_secrets(self._judge(response) or by_status(response, sends=sends), account)

    @contextmanager
    def open(
        self, account: Account, address: str, *, hosts: Hosts, headers: Mapping[str, str], sha256: str | None = None
    ) -> Iterator[Fetched]:
        """Open a file; `headers` are our credentials, sent only to the provider's own hosts.

        Raises:
            MediaUnavailable: on entering, or while it is read: the connection broke, or `sha256` is of another file.
        """
        try:
            response = self._follow(account, address, hosts, headers)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            raise MediaUnavailable("unavailable", temporary=True) from None
        try:
            if not response.is_success:
                code = response.status_code
                raise MediaUnavailable("unavailable", temporary=code >= 500 or code in _PASSING)
            length = response.headers.get("content-length", "")
            yield Fetched(
                content_type=response.headers.get("content-type", "application/octet-stream"),
                size=int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None,
                pieces=_pieces(response, sha256),
            )
        finally:
            response.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _follow(self, account: Account, address: str, hosts: Hosts, headers: Mapping[str, str]) -> httpx.Response:
        for _ in range(HOPS):
            given = {"Accept-Encoding": "identity", **(headers if hosts.trusts(account, address) else {})}
            response = self._http.send(self._http.build_request("GET", address, headers=given), stream=True)
            if response.next_request is None:
                return response
            address = str(response.next_request.url)
            response.close()
        raise MediaUnavailable("host_refused")


def by_status(response: httpx.Response, *, sends: bool) -> SendFailed:
    """Return what a refusal means that says no more than its status: whoever answered, it may not be the provider."""
    code, wait = response.status_code, retry_after(response)
    decision = {401: Decision.STOP, 403: Decision.STOP, 413: Decision.PERMANENT, 429: Decision.WAIT_ACCOUNT}.get(
        code, Decision.RETRY
    )
    return SendFailed(
        decision, f"http_{code}", retry_after=wait, uncertain=sends and code in {408, 500, 502, 504, 520, 524}
    )


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds of a Retry-After; dates are not read."""
    value = response.headers.get("retry-after", "")
    return float(min(int(value), 86_400)) if value.isascii() and value.isdigit() and len(value) < 10 else None


def body_of(response: httpx.Response) -> dict[str, Any]:
    """Return the object that a refusal carries; an empty one when it carries none."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _without_secrets(error: SendFailed, account: Account) -> SendFailed:
    for secret in account.credentials.values():
        if secret:
            error.detail = error.detail.replace(secret, "…")
    error.detail = error.detail[:DETAIL]
    return error


def _pieces(response: httpx.Response, sha256: str | None) -> Iterator[bytes]:
    digest = hashlib.sha256()
    try:
        for piece in response.iter_bytes(PIECE):
            digest.update(piece)
            yield piece
    except httpx.HTTPError:
        raise MediaUnavailable("unavailable", temporary=True) from None
    if not matches(digest.digest(), sha256):
        raise MediaUnavailable("unavailable", temporary=True)


def matches(digest: bytes, declared: str | None) -> bool:
    """Whether a SHA-256 is the declared one, in hex or base64; what is neither declares nothing."""
    if declared is None or len(declared) not in {44, 64}:
        return True
    try:
        wanted = bytes.fromhex(declared) if len(declared) == 64 else base64.b64decode(declared, validate=True)
    except ValueError:
        return True
    return hmac.compare_digest(digest, wanted)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _listed(host: str, names: tuple[str, ...]) -> bool:
    return any(host.endswith(name[1:]) if name.startswith("*.") else host == name for name in names)
