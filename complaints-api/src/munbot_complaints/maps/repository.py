"""Map settings in MongoDB."""

from typing import Any

from munbot_complaints.mongo import MongoDatabase


class MapRepository:
    """One document per tenant; none means that there is no map."""

    def __init__(self, database: MongoDatabase) -> None:
        self._collection = database["maps"]

    def of(self, tenant: str) -> dict[str, Any]:
        """Return a tenant's setting as it was saved, or nothing."""
        return dict(self._collection.find_one({"_id": tenant}, {"_id": 0}) or {})

    def save(self, tenant: str, setting: dict[str, Any]) -> None:
        """Set it."""
        self._collection.replace_one({"_id": tenant}, setting, upsert=True)
