"""Categories in MongoDB."""

from collections.abc import Callable

from munbot_complaints.categories.rules import CategoryDocument
from munbot_complaints.complaints.models import PendingEvent
from munbot_complaints.mongo import Document, MongoDatabase
from munbot_complaints.waiting import write_setting


class CategoryRepository:
    """The category trees of all tenants."""

    def __init__(self, database: MongoDatabase) -> None:
        self._collection = database["categories"]

    def of_tenant(self, tenant: str) -> list[CategoryDocument]:
        """Return all of a tenant's categories, in the order of its tree."""
        found = [_to_category(raw) for raw in self._collection.find({"tenant_id": tenant})]
        return sorted(found, key=lambda category: (category["position"], category["code"]))

    def get(self, tenant: str, code: str) -> CategoryDocument | None:
        """Return one category, or None."""
        raw = self._collection.find_one({"_id": f"{tenant}:{code}"})
        return None if raw is None else _to_category(raw)

    def save(self, category: CategoryDocument, note: Callable[[Document | None], PendingEvent]) -> None:
        """Write one category, new or not; see `write_setting`."""
        values = {name: value for name, value in category.items() if name != "_id"}
        write_setting(self._collection, category["_id"], values, note)


def _to_category(raw: Document) -> CategoryDocument:
    return CategoryDocument(
        _id=raw["_id"],
        tenant_id=raw["tenant_id"],
        code=raw["code"],
        parent=raw["parent"],
        name=raw["name"],
        unit=raw["unit"],
        deadline_days=raw["deadline_days"],
        synonyms=raw["synonyms"],
        active=raw["active"],
        position=raw["position"],
    )
