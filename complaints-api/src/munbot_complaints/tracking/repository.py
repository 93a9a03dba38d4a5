"""How often somebody tried to follow a folio."""

from datetime import datetime

from pymongo import ReturnDocument

from munbot_complaints.mongo import MongoDatabase


class AttemptRepository:
    """Counts attempts per folio and window, in MongoDB, so that all processes count together."""

    def __init__(self, database: MongoDatabase) -> None:
        self._collection = database["tracking_attempts"]

    def add(self, key: str, expires_at: datetime) -> int:
        """Count one attempt and return how many there were, this one included."""
        found = self._collection.find_one_and_update(
            {"_id": key},
            {"$inc": {"count": 1}, "$setOnInsert": {"expires_at": expires_at}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return int(found["count"]) if found else 1

    def take_back(self, key: str) -> None:
        """Uncount an attempt that was right."""
        self._collection.update_one({"_id": key}, {"$inc": {"count": -1}})
