"""Conversations, as the channel sees it: opens sessions, keeps the truth about messages."""

from typing import Any, Protocol
from uuid import UUID

from munbot_common.client import AsyncServiceClient, ServiceProblem
from munbot_common.problems import Conflict, NotFound, TooManyRequests, Unavailable, Unprocessable
from pydantic import BaseModel, ConfigDict

from munbot_web.chat.schemas import FeedbackRequest, HistoryMessage, SessionResponse
from munbot_web.texts import say

PAGE = 100
MAX_REPLAY = 1_000


class TenantUnknown(NotFound):
    """There is no such office."""

    code = "tenant_unknown"
    title = "Municipalidad desconocida"


class HandledMessage(BaseModel):
    """What became of a citizen's message."""

    model_config = ConfigDict(extra="ignore")

    status: str
    outcome: str | None = None
    replies: list[HistoryMessage] = []


class Hub(Protocol):
    """What we ask of conversations."""

    async def open_session(self, tenant: str, address: str, name: str | None) -> SessionResponse:
        """Return a visitor's token for the open conversation of this address."""
        ...

    async def current(self, tenant: str, conversation_id: UUID) -> UUID:
        """Return the conversation that goes on where this one ended; itself while it is open."""
        ...

    async def history(self, tenant: str, conversation_id: UUID, after_seq: int) -> list[HistoryMessage]:
        """Return the messages after a place."""
        ...

    async def handled(self, tenant: str, message_id: UUID) -> HandledMessage | None:
        """Return what became of a message; None while it has not arrived."""
        ...

    async def rate(self, tenant: str, conversation_id: UUID, message_id: UUID, wish: FeedbackRequest) -> None:
        """Store what a citizen says of an answer in this conversation."""
        ...


class HttpHub:
    """Conversations over REST."""

    def __init__(self, client: AsyncServiceClient) -> None:
        self._client = client

    async def open_session(self, tenant: str, address: str, name: str | None) -> SessionResponse:
        """Open or continue the conversation of an address.

        Raises:
            TenantUnknown: no such office.
        """
        body: dict[str, Any] = {"channel": "web", "account": "widget", "address": address}
        if name:
            body["name"] = name
        try:
            # The same address gives the same open conversation, so that the call may be repeated.
            answer = await self._client.request(
                "POST", "/v1/sessions", tenant=tenant, json=body, idempotency_key=f"session-{address}"
            )
        except ServiceProblem as problem:
            if problem.status == NotFound.status:
                raise TenantUnknown(say("tenant_unknown")) from problem
            raise _ours(problem) from problem
        return SessionResponse.model_validate(answer)

    async def current(self, tenant: str, conversation_id: UUID) -> UUID:
        """Return the open conversation of the same address when this one was closed and the citizen wrote again."""
        try:
            named = await self._client.request("GET", f"/v1/conversations/{conversation_id}", tenant=tenant)
            if named["status"] == "open":
                return conversation_id
            page = await self._client.request(
                "GET",
                "/v1/conversations",
                tenant=tenant,
                params={"contact_id": named["contact"]["id"], "status": "open", "channel": named["channel"]},
            )
        except ServiceProblem as problem:
            raise _ours(problem) from problem
        address = (named["account"], named["contact"]["address"])
        same = (item["id"] for item in page["items"] if (item["account"], item["contact"]["address"]) == address)
        return UUID(next(same, str(conversation_id)))

    async def history(self, tenant: str, conversation_id: UUID, after_seq: int) -> list[HistoryMessage]:
        """Return the messages after a place, at most MAX_REPLAY of them."""
        found: list[HistoryMessage] = []
        while len(found) < MAX_REPLAY:
            try:
                answer = await self._client.request(
                    "GET",
                    f"/v1/conversations/{conversation_id}/messages",
                    tenant=tenant,
                    params={"after_seq": after_seq, "limit": PAGE},
                )
            except ServiceProblem as problem:
                raise _ours(problem) from problem
            page = [HistoryMessage.model_validate(item) for item in answer["items"]]
            found += page
            if len(page) < PAGE:
                break
            after_seq = page[-1].seq
        return found

    async def handled(self, tenant: str, message_id: UUID) -> HandledMessage | None:
        """Return what became of a message."""
        try:
            answer = await self._client.request("GET", f"/v1/messages/{message_id}", tenant=tenant)
        except ServiceProblem as problem:
            if problem.status == NotFound.status:
                return None
            raise _ours(problem) from problem
        return HandledMessage.model_validate(answer)

    async def rate(self, tenant: str, conversation_id: UUID, message_id: UUID, wish: FeedbackRequest) -> None:
        """Store what a citizen says of an answer; conversations refuses a message of another conversation."""
        path = f"/v1/conversations/{conversation_id}/messages/{message_id}/feedback"
        try:
            await self._client.request("PUT", path, tenant=tenant, json=wish.model_dump(include={"value", "comment"}))
        except ServiceProblem as problem:
            raise _ours(problem) from problem


def _ours(problem: ServiceProblem) -> Exception:
    """Return conversations' refusal as ours; that it does not know *us* is no fault of the citizen."""
    known = {kind.status: kind for kind in (NotFound, Conflict, Unprocessable, TooManyRequests)}
    kind = known.get(problem.status)
    return kind(problem.detail or None) if kind else Unavailable(say("hub_away"))
