"""What can be done with categories."""

from munbot_common.problems import Conflict, Unprocessable

from munbot_complaints.categories.repository import CategoryRepository
from munbot_complaints.categories.rules import CategoryDocument, match
from munbot_complaints.categories.schemas import CategoryBody, CategoryMatch, CategoryNode


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

    def __init__(self, repository: CategoryRepository) -> None:
        self._repository = repository

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

    def save(self, tenant: str, code: str, body: CategoryBody) -> CategoryNode:
        """Create or change a category; complaints keep the name, unit and term they came in with.

        Raises:
            CategoryParentMissing: `area.kind` without `area`.
        """
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
        self._repository.save(category)
        return CategoryNode.build(category, [])
