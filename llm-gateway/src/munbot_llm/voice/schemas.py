"""Shapes of the transcription endpoint."""

from pydantic import BaseModel, Field

from munbot_llm.voice.transcript import Transcript


class TranscriptOut(BaseModel):
    """A voice note in words. Read it back to whoever spoke before anything is done with it."""

    text: str = Field(description="Empty when nobody spoke", examples=["Necesito un certificado de residencia."])
    confidence: float = Field(ge=0, le=1, description="How sure the model is of its words; 0 without text")
    speech: bool = Field(description="Whether somebody spoke")
    seconds: float = Field(ge=0, description="Length of the note")
    language: str = Field(description="ISO 639-1", examples=["es"])

    @classmethod
    def of(cls, transcript: Transcript) -> "TranscriptOut":
        """Return what is shown of a transcript."""
        return cls(
            text=transcript.text,
            confidence=transcript.confidence,
            speech=transcript.speech,
            seconds=round(transcript.seconds, 2),
            language=transcript.language,
        )
