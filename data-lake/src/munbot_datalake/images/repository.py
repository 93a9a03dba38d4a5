"""What pictures ask of PostgreSQL."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from munbot_datalake.images.models import ImageCatalogue, Picture


def find(session: Session, catalogue: str, name: str) -> Picture | None:
    """Return a picture, whoever's it is."""
    query = select(Picture).where(Picture.catalogue == catalogue, Picture.name == name)
    return session.scalars(query).one_or_none()


def owner(session: Session, catalogue: str) -> str | None:
    """Return the tenant whose catalogue it is; None when it is nobody's."""
    return session.scalar(select(ImageCatalogue.tenant_id).where(ImageCatalogue.name == catalogue))


def claim(session: Session, catalogue: str, tenant: str) -> bool:
    """Make a catalogue a tenant's if it is nobody's; False when it is another's."""
    session.execute(pg_insert(ImageCatalogue).values(name=catalogue, tenant_id=tenant).on_conflict_do_nothing())
    return owner(session, catalogue) == tenant


def put(session: Session, picture: Picture) -> None:
    """Keep a picture, in the place of one of its name."""
    values = {column.name: getattr(picture, column.name) for column in Picture.__table__.columns}
    changed = {name: value for name, value in values.items() if name not in {"id", "catalogue", "name", "tenant_id"}}
    session.execute(
        pg_insert(Picture).values(values).on_conflict_do_update(constraint="uq_images_catalogue_name", set_=changed)
    )


def remove(session: Session, picture: Picture) -> bool:
    """Forget a picture; False when it is not there any more, or another one in its place."""
    same = (Picture.catalogue == picture.catalogue, Picture.name == picture.name, Picture.sha256 == picture.sha256)
    query = delete(Picture).where(Picture.tenant_id == picture.tenant_id, *same)
    return session.scalar(query.returning(Picture.id)) is not None


def uses(session: Session, tenant: str, sha256: str) -> int:
    """Return how many pictures of a tenant have this content."""
    query = select(func.count()).select_from(Picture).where(Picture.tenant_id == tenant, Picture.sha256 == sha256)
    return session.scalar(query) or 0


def catalogues(session: Session, tenant: str) -> Sequence[tuple[str, int]]:
    """Return a tenant's catalogues and how many pictures each has."""
    query = (
        select(ImageCatalogue.name, func.count(Picture.id))
        .outerjoin(Picture, Picture.catalogue == ImageCatalogue.name)
        .where(ImageCatalogue.tenant_id == tenant)
        .group_by(ImageCatalogue.name)
        .order_by(ImageCatalogue.name)
    )
    return [(name, count) for name, count in session.execute(query)]


def pictures(session: Session, tenant: str, catalogue: str) -> Sequence[Picture]:
    """Return the pictures of a tenant's catalogue."""
    query = (
        select(Picture)
        .where(Picture.tenant_id == tenant, Picture.catalogue == catalogue)
        .order_by(Picture.name)
        .limit(1_000)
    )
    return session.scalars(query).all()
