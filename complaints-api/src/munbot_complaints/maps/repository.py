"""Map settings in MongoDB."""

from typing import Any
from urllib.parse import urlsplit

from munbot_common.auth import Principal
from munbot_common.clock import Clock

from munbot_complaints.complaints.models import PendingEvent
from munbot_complaints.mongo import MongoDatabase
from munbot_complaints.waiting import changes, noted, write_setting

_FIELDS = ("tiles_url", "attribution", "max_zoom")


class MapRepository:
    """One document per tenant; none means that there is no map."""

    def __init__(self, database: MongoDatabase, clock: Clock) -> None:
        self._collection = database["maps"]
        self._clock = clock

    def of(self, tenant: str) -> dict[str, Any]:
        """Return a tenant's setting as it was saved, or nothing."""
        found = self._collection.find_one({"_id": tenant}) or {}
        return {name: found[name] for name in _FIELDS if name in found}

    def save(self, principal: Principal, setting: dict[str, Any]) -> None:
        """Set the tenant's."""

        def note(before: dict[str, Any] | None) -> PendingEvent:
            then, told = changes(before, setting)
            for values in (then, told):
                if values and "tiles_url" in values:  # what follows the path may be a key
                    values["tiles_url"] = urlsplit(values["tiles_url"]).path
            return noted(principal, "map.changed", principal.tenant, self._clock, before=then, after=told)

        write_setting(self._collection, principal.tenant, setting, note)
