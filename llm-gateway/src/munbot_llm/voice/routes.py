"""HTTP entrance to voice."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from munbot_common.auth import Role, require_roles
from munbot_common.problems import Forbidden, Unauthorized, problem_responses

from munbot_llm.dependencies import ServicesDep
from munbot_llm.knowledge.problems import UploadInvalid
from munbot_llm.knowledge.uploads import open_upload
from munbot_llm.processes import DeadlineExceeded, ProcessFailed, QueueFull
from munbot_llm.voice.problems import (
    AudioTooLarge,
    AudioTooLong,
    AudioUnreadable,
    VoiceProcessLost,
    VoiceUnavailable,
)
from munbot_llm.voice.schemas import TranscriptOut

router = APIRouter(prefix="/v1", tags=["voice"])
get_reader = require_roles(Role.ADMIN, Role.AGENT, Role.VIEWER, Role.SERVICE)

_NOTE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "OGG/Opus, webm, m4a, mp3, wav, aac, amr; up to 60 s and 16 MB",
                        }
                    },
                }
            }
        },
    }
}


def _too_large(max_bytes: int) -> AudioTooLarge:
    return AudioTooLarge(f"El audio supera el máximo de {max_bytes // (1024 * 1024)} MB")


@router.post(
    "/transcribe",
    dependencies=[Depends(get_reader)],
    openapi_extra=_NOTE_BODY,
    responses=problem_responses(
        Unauthorized,
        Forbidden,
        UploadInvalid,
        AudioTooLarge,
        AudioTooLong,
        AudioUnreadable,
        QueueFull,
        ProcessFailed,
        VoiceProcessLost,
        VoiceUnavailable,
        DeadlineExceeded,
    ),
)
async def transcribe(request: Request, services: ServicesDep) -> TranscriptOut:
    """Return what a voice note says, in words, and how sure that is. Nothing is kept."""
    limit = services.settings.voice_max_bytes
    async with open_upload(request, max_bytes=limit, fields=frozenset(), too_large=_too_large) as body:
        audio = await body.file.read()
    return TranscriptOut.of(await services.voice.transcribe(audio))
