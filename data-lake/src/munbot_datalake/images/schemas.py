"""Shapes of pictures."""

from datetime import datetime

from pydantic import BaseModel, Field


class CatalogueSummary(BaseModel):
    """A catalogue and how many pictures it has."""

    name: str
    pictures: int


class PictureView(BaseModel):
    """A picture; `url` shows this content for ever, and takes `w`, `h` and `format`."""

    catalogue: str
    name: str
    url: str = Field(examples=["http://localhost:8080/api/imagenes/catalogos/oficinas/transito?v=0123456789abcdef"])
    version: str
    content_type: str
    width: int = Field(description="pixels")
    height: int = Field(description="pixels")
    bytes: int
    uploaded_at: datetime
