"""Tables of the pictures."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer, String, UniqueConstraint, Uuid, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from munbot_datalake.base import Base


class ImageCatalogue(Base):
    """A named set of pictures. Its name stands in addresses without a tenant, so it is the instance's."""

    __tablename__ = "image_catalogues"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())


class Picture(Base):
    """The present content of a picture; earlier ones stay in the store for some time."""

    __tablename__ = "images"
    __table_args__ = (UniqueConstraint("catalogue", "name"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(64))
    catalogue: Mapped[str] = mapped_column(String(100), ForeignKey("image_catalogues.name"))
    name: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    content_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[int] = mapped_column(BigInteger)
    uploaded_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    uploaded_by: Mapped[str] = mapped_column(String(120))

    @property
    def version(self) -> str:
        """What changes with the content, and with nothing else."""
        return self.sha256[:16]
