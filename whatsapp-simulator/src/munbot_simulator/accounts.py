"""The offices' numbers that live here."""

import re
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, Field, StringConstraints, field_validator

_PLACE = re.compile(r"\{\{(\d+)\}\}")
Digits = Annotated[str, StringConstraints(pattern=r"^\d{8,20}$")]


class TemplateText(BaseModel):
    """A message that Meta would have approved: what the citizen reads, with {{1}}, {{2}} … for its parameters."""

    name: str
    language: str
    body: str
    buttons: list[str] = Field(default_factory=list, max_length=3)

    def wanted(self) -> int:
        """Return how many parameters the body has."""
        return len(set(_PLACE.findall(self.body)))

    def filled(self, parameters: list[str]) -> str:
        """Return the body with its parameters put in; there are as many as `wanted`."""
        return _PLACE.sub(lambda place: parameters[int(place.group(1)) - 1], self.body)

    @field_validator("body")
    @classmethod
    def _numbered(cls, body: str) -> str:
        numbers = {int(number) for number in _PLACE.findall(body)}
        if numbers != set(range(1, len(numbers) + 1)):
            raise ValueError("parameters are numbered {{1}}, {{2}} … without a gap")
        return body


class SimulatedAccount(BaseModel):
    """An office's WhatsApp number."""

    slug: str
    tenant: str
    name: str
    phone_number_id: Digits
    phone: Annotated[str, StringConstraints(pattern=r"^\+\d{8,15}$")]

    @property
    def waba_id(self) -> str:
        """Id of the business account that the number belongs to."""
        return f"2{self.phone_number_id[1:]}"


class AccountBook(BaseModel):
    """What config/demo/whatsapp.yml says."""

    accounts: list[SimulatedAccount] = Field(min_length=1)
    templates: list[TemplateText] = Field(default_factory=list)

    def by_slug(self, slug: str) -> SimulatedAccount | None:
        """Return the account of a slug."""
        return next((account for account in self.accounts if account.slug == slug), None)

    def by_number_id(self, phone_number_id: str) -> SimulatedAccount | None:
        """Return the account of a phone_number_id."""
        return next((account for account in self.accounts if account.phone_number_id == phone_number_id), None)

    def template(self, name: str, language: str) -> TemplateText | None:
        """Return an approved template."""
        return next((item for item in self.templates if (item.name, item.language) == (name, language)), None)


def read_accounts(folder: Path) -> AccountBook:
    """Return the book of a seed folder.

    Raises:
        OSError: there is no whatsapp.yml.
        ValueError: it is not as it should be.
    """
    return AccountBook.model_validate(yaml.safe_load((folder / "whatsapp.yml").read_text(encoding="utf-8")))
