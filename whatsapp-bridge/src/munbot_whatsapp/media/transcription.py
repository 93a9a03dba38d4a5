"""Voice notes in words, by llm-gateway."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from munbot_common.client import ServiceClient, ServiceProblem

from munbot_whatsapp.media.kinds import FileKind

TIMEOUT_SECONDS = 30.0
"""Twice, with the pause between, is less than the hub holds the citizen's turn."""
_TOO_LONG, _TOO_LARGE, _BUSY = "audio_too_long", "audio_too_large", 429


class TranscriberAway(Exception):
    """Nobody can listen at this moment; later perhaps."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a voice note says."""

    text: str
    confidence: float


class NotUnderstood(Exception):
    """There are no words to be had from it, now or later."""

    def __init__(self, problem: Literal["too_large", "too_long", "not_understood"]) -> None:
        super().__init__(problem)
        self.problem = problem


class Transcriber:
    """Asks llm-gateway what voice notes say.

    Args:
        client: of llm-gateway.
    """

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def transcribe(self, data: bytes, kind: FileKind, *, tenant: str, message_id: UUID) -> Transcript:
        """Return the words of a voice note.

        Raises:
            NotUnderstood: nobody spoke, or it cannot be heard.
            TranscriberAway: busy, or refused for a reason of its own.
            ServiceAway: no answer.
        """
        try:
            answer: dict[str, Any] = self._client.request(
                "POST",
                "/v1/transcribe",
                tenant=tenant,
                files={"file": (f"nota.{kind.extension}", data, kind.content_type)},
                idempotency_key=str(message_id),
            )
        except ServiceProblem as error:
            if error.status == _BUSY or error.status >= 500:
                raise TranscriberAway from error
            problems = {_TOO_LONG: "too_long", _TOO_LARGE: "too_large"}
            raise NotUnderstood(problems.get(error.code, "not_understood")) from error  # type: ignore[arg-type]
        if not answer["text"].strip():
            raise NotUnderstood("not_understood")
        return Transcript(answer["text"].strip(), float(answer["confidence"]))
