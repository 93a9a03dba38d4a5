"""Attachments in MongoDB: what was announced, what arrived, and whose it is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, TypedDict, cast

from munbot_complaints.mongo import Document, MongoDatabase

State = Literal["announced", "ready", "linked"]


class AttachmentDocument(TypedDict):
    """One attachment: announced, then ready once checked, then linked once its complaint is written.

    `complaint_id` is set a moment before that, so that two complaints cannot take the same one.
    """

    _id: str
    tenant_id: str
    conversation_id: str | None
    created_by: str
    filename: str
    content_type: str
    size: int
    state: State
    created_at: datetime
    complaint_id: str | None


class AttachmentRepository:
    """The attachments of all tenants."""

    def __init__(self, database: MongoDatabase) -> None:
        self._collection = database["attachments"]

    def insert(self, attachment: AttachmentDocument) -> None:
        """Note an attachment that is to come."""
        self._collection.insert_one(cast("Document", attachment))

    def insert_once(self, attachment: AttachmentDocument) -> None:
        """Note an attachment that is to come, unless it is noted already."""
        fields = {name: value for name, value in attachment.items() if name != "_id"}
        self._collection.update_one({"_id": attachment["_id"]}, {"$setOnInsert": fields}, upsert=True)

    def get(self, attachment_id: str) -> AttachmentDocument | None:
        """Return one of any tenant, or None."""
        return cast("AttachmentDocument | None", self._collection.find_one({"_id": attachment_id}))

    def set_ready(self, attachment_id: str, size: int) -> None:
        """Note that it arrived and was found good."""
        self._collection.update_one({"_id": attachment_id}, {"$set": {"state": "ready", "size": size}})

    def set_linked(self, attachment_ids: Iterable[str]) -> None:
        """Note that the complaint which took them is written."""
        self._collection.update_many({"_id": {"$in": list(attachment_ids)}}, {"$set": {"state": "linked"}})

    def claim(self, attachment_id: str, complaint_id: str) -> bool:
        """Give it to a complaint; False when another one has it."""
        self._collection.update_one(
            {"_id": attachment_id, "state": "ready", "complaint_id": None}, {"$set": {"complaint_id": complaint_id}}
        )
        found = self.get(attachment_id)
        return found is not None and found["complaint_id"] == complaint_id

    def release(self, attachment_ids: Iterable[str], complaint_id: str) -> None:
        """Take attachments back from a complaint that did not come to be."""
        for attachment_id in attachment_ids:
            self._collection.update_one(
                {"_id": attachment_id, "complaint_id": complaint_id}, {"$set": {"complaint_id": None}}
            )

    def delete(self, attachment_id: str) -> None:
        """Forget one."""
        self._collection.delete_one({"_id": attachment_id})

    def older_than(self, state: State, moment: datetime, limit: int) -> list[AttachmentDocument]:
        """Return attachments in a state that were announced before a moment."""
        rows = self._collection.find({"state": state, "created_at": {"$lt": moment}}).limit(limit)
        return [cast("AttachmentDocument", raw) for raw in rows]
