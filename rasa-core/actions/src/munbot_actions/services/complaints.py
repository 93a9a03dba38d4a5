"""Categories and complaints, as complaints-api knows them."""

from typing import Any

from munbot_common.client import ServiceClient

from munbot_actions.services.catalogue import Kept
from munbot_actions.services.models import Category, Complaint, Tracking
from munbot_actions.understanding.matching import Names


class Categories:
    """The category tree of one tenant, and its names for matching."""

    def __init__(self, tree: list[Category]) -> None:
        self.tops = tree
        self.by_code: dict[str, Category] = {}
        self._parent: dict[str, str] = {}
        for top in tree:
            self._walk(top)
        self.names = Names((code, [item.name, *item.synonyms]) for code, item in self.by_code.items())

    def _walk(self, item: Category) -> None:
        self.by_code[item.code] = item
        for child in item.children:
            self._parent[child.code] = item.code
            self._walk(child)

    def leaves(self) -> list[Category]:
        """Give what can be filed."""
        return [item for item in self.by_code.values() if not item.children]

    def is_below(self, code: str, above: str) -> bool:
        """Tell whether one category lies within another."""
        while code in self._parent:
            code = self._parent[code]
            if code == above:
                return True
        return False


class Complaints:
    """The REST API of complaints-api.

    Args:
        client: with this service's token.
        seconds: how long the categories are kept.
    """

    def __init__(self, client: ServiceClient, seconds: float) -> None:
        self._client = client
        self._categories = Kept(self._ask_categories, seconds)

    def categories(self, tenant: str) -> Categories:
        """Give the category tree."""
        return self._categories.get(tenant)

    def _ask_categories(self, tenant: str) -> Categories:
        answer = self._client.request("GET", "/v1/categories", tenant=tenant)
        return Categories([Category.model_validate(item) for item in answer["items"]])

    def create(self, tenant: str, body: dict[str, Any], key: str) -> Complaint:
        """File a complaint; the same key and body give the same one."""
        answer = self._client.request("POST", "/v1/complaints", tenant=tenant, json=body, idempotency_key=key)
        return Complaint.model_validate(answer)

    def adopt(self, tenant: str, key: str, filename: str) -> str:
        """Make an attachment of a file that a channel has stored, and give its id; the same file gives the same one.

        Raises:
            ServiceProblem: `attachment_type`, `attachment_size` or `attachment_missing`.
        """
        body = {"key": key, "filename": filename}
        return str(self._client.request("POST", "/v1/attachments/stored", tenant=tenant, json=body)["id"])

    def attach(self, tenant: str, folio: str, attachments: list[str]) -> None:
        """Add attachments to a complaint that was filed; those that it has stay as they are."""
        body = {"attachment_ids": attachments}
        self._client.request("POST", f"/v1/complaints/{folio}/attachments", tenant=tenant, json=body)

    def follow(self, tenant: str, folio: str, last_four: str) -> Tracking:
        """Give what the public may know.

        Raises:
            ServiceProblem: `folio_invalid` for a slip in the folio; 404 for an unknown folio or another's RUT.
        """
        params = {"rut_last4": last_four, "tenant": tenant}
        return Tracking.model_validate(
            self._client.request("GET", f"/v1/public/complaints/{folio}", tenant=tenant, params=params)
        )
