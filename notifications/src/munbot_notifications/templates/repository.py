"""Queries about a municipality's own templates."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from munbot_notifications.templates.models import TemplateVersion


def current(session: Session, tenant: str, name: str) -> TemplateVersion | None:
    """Return the newest version of a template, None where the municipality never changed it."""
    return session.scalars(
        select(TemplateVersion)
        .where(TemplateVersion.tenant_id == tenant, TemplateVersion.name == name)
        .order_by(TemplateVersion.version.desc())
        .limit(1)
    ).one_or_none()


def versions(session: Session, tenant: str, name: str) -> Sequence[TemplateVersion]:
    """Return all versions of a template, the newest first."""
    query = select(TemplateVersion).where(TemplateVersion.tenant_id == tenant, TemplateVersion.name == name)
    return session.scalars(query.order_by(TemplateVersion.version.desc())).all()


def current_by_name(session: Session, tenant: str) -> dict[str, TemplateVersion]:
    """Return the newest version of each template that the municipality has changed."""
    newest = (
        select(TemplateVersion.name, func.max(TemplateVersion.version).label("version"))
        .where(TemplateVersion.tenant_id == tenant)
        .group_by(TemplateVersion.name)
        .subquery()
    )
    query = select(TemplateVersion).join(
        newest, (TemplateVersion.name == newest.c.name) & (TemplateVersion.version == newest.c.version)
    )
    return {row.name: row for row in session.scalars(query.where(TemplateVersion.tenant_id == tenant))}
