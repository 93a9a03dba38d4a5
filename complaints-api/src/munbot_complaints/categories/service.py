"""What can be done with categories."""

from collections.abc import Mapping
from typing import Any

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.problems import Conflict, Unprocessable

from munbot_complaints.categories.repository import CategoryRepository
from munbot_complaints.categories.rules import CategoryDocument, match
from munbot_complaints.categories.schemas import CategoryBody, CategoryMatch, CategoryNode
from munbot_complaints.complaints.models import PendingEvent
from munbot_complaints.waiting import changes, noted


class CategoryUnknown(Unprocessable):
    """The tenant has no such category, or no longer."""

    code = "category_unknown"
    title = "Esa categoría de reclamo no existe"


class CategoryParentMissing(Conflict):
    """A child needs its parent first."""

    code = "category_parent_missing"
    title = "Primero debe existir la categoría superior"


class CategoryService:
    """Reads and changes the trees."""

    def __init__(self, repository: CategoryRepository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock

    def tree(self, tenant: str, *, inactive: bool = False) -> list[CategoryNode]:
        """Return the tenant's tree; `inactive` ones only where asked."""
        categories = [c for c in self._repository.of_tenant(tenant) if inactive or c["active"]]
        below: dict[str, list[CategoryNode]] = {}
        for category in categories:
            if category["parent"]:
                below.setdefault(category["parent"], []).append(CategoryNode.build(category, []))
        return [CategoryNode.build(c, below.get(c["code"], [])) for c in categories if c["parent"] is None]

    def require(self, tenant: str, code: str) -> CategoryDocument:
        """Return an active category.

        Raises:
            CategoryUnknown: there is none.
        """
        category = self._repository.get(tenant, code)
        if category is None or not category["active"]:
            raise CategoryUnknown
        return category

    def guess(self, tenant: str, text: str, limit: int) -> list[CategoryMatch]:
        """Return the categories that `text` may mean, best first."""
        active = [c for c in self._repository.of_tenant(tenant) if c["active"]]
        return [
            CategoryMatch(code=category["code"], name=category["name"], unit=category["unit"], score=score)
            for category, score in match(text, active)[:limit]
        ]

    def save(self, principal: Principal, code: str, body: CategoryBody) -> CategoryNode:
        """Create or change a category; complaints keep the name, unit and term they came in with.

        Raises:
            CategoryParentMissing: `area.kind` without `area`.
        """
        tenant = principal.tenant
        parent = code.split(".", maxsplit=1)[0] if "." in code else None
        if parent and self._repository.get(tenant, parent) is None:
            raise CategoryParentMissing
        category = CategoryDocument(
            _id=f"{tenant}:{code}",
            tenant_id=tenant,
            code=code,
            parent=parent,
            name=body.name,
            unit=body.unit,
            deadline_days=body.deadline_days,
            synonyms=body.synonyms,
            active=body.active,
            position=body.position,
        )

        def note(before: dict[str, Any] | None) -> PendingEvent:
            return self._noted(principal, category, before)

        self._repository.save(category, note)
        return CategoryNode.build(category, [])

    def _noted(self, principal: Principal, category: CategoryDocument, before: dict[str, Any] | None) -> PendingEvent:
        """Return what tells of the change; of synonyms only that they changed, as they are people's own words."""
        then, told = changes(_told(before) if before else None, _told(category))
        if before is None:
            return noted(principal, "complaint_category.created", category["code"], self._clock, after=told)
        if before["synonyms"] != category["synonyms"]:
            told["fields"] = ["synonyms"]
        after = {"name": category["name"], **told}
        return noted(principal, "complaint_category.changed", category["code"], self._clock, before=then, after=after)


def _told(category: Mapping[str, Any]) -> dict[str, Any]:
    return {name: category[name] for name in ("name", "unit", "deadline_days", "active", "position")}
