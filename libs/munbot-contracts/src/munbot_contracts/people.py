"""A person's rights over their data (Ley 21.719): what every owner of data is asked, and what it answers.

Each service answers for its own store alone: `POST /v1/privacy/find`, `export`, `rectify`, `erase` and `match`. One
service knows a person by RUT, another only by telephone or by conversation: what `find` tells of them (`known`) is
given to all others.
"""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from munbot_contracts.envelope import Contract

_LIMIT = 1_000

NormalRut = Annotated[str, Field(pattern=r"^[0-9]{1,9}-[0-9K]$", examples=["15482903-2"])]
"""A RUT as all stores keep it; whoever asks has checked its digit."""
_Phone = Annotated[str, Field(pattern=r"^\+?[0-9]{6,20}$")]
_Text = Annotated[str, Field(min_length=1, max_length=254)]


class Person(Contract):
    """Who is meant: the RUT, and all else by which stores know the person."""

    rut: NormalRut
    names: tuple[_Text, ...] = Field(default=(), max_length=_LIMIT)
    phones: tuple[_Phone, ...] = Field(default=(), max_length=_LIMIT, description="E.164")
    emails: tuple[_Text, ...] = Field(default=(), max_length=_LIMIT)
    addresses: tuple[_Text, ...] = Field(default=(), max_length=_LIMIT, description="of channels: a web session")
    conversations: tuple[UUID, ...] = Field(default=(), max_length=_LIMIT)
    appointments: tuple[UUID, ...] = Field(default=(), max_length=_LIMIT)
    complaints: tuple[UUID, ...] = Field(default=(), max_length=_LIMIT)

    def with_all_of(self, other: Self) -> Self:
        """Return the same person, known by what `other` says too."""
        lists = [name for name in type(self).model_fields if name != "rut"]
        return self.model_copy(
            update={name: tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name)))) for name in lists}
        )


class Holding(Contract):
    """So many things of one kind in one place: `conversations.messages`."""

    store: str
    count: int = Field(ge=0)


class Kept(Holding):
    """What stays although it was asked to go, and why, in words for the person."""

    reason: str


class Found(Contract):
    """What a service holds. `mentions`: things of others, or of nobody, in which the person is named."""

    service: str
    holdings: tuple[Holding, ...] = ()
    mentions: tuple[Holding, ...] = ()
    known: Person

    @property
    def total(self) -> int:
        """How many things there are."""
        return sum(one.count for one in (*self.holdings, *self.mentions))


class Exported(Contract):
    """All that a service holds of a person, by place."""

    service: str
    records: dict[str, list[dict[str, Any]]]


class Rectification(Contract):
    """What is right; what is not given stays as it is."""

    person: Person
    name: str | None = Field(default=None, min_length=2, max_length=120)
    phone: str | None = Field(default=None, max_length=30)
    email: str | None = Field(default=None, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")

    def values(self) -> dict[str, str]:
        """Return what was given, by name."""
        given = {"name": self.name, "phone": self.phone, "email": self.email}
        return {name: value for name, value in given.items() if value is not None}


class Rectified(Contract):
    """What was put right."""

    service: str
    changed: tuple[Holding, ...] = ()


class Erased(Contract):
    """What went (`erased`), in what the person is no longer named (`cleaned`), and what stays."""

    service: str
    erased: tuple[Holding, ...] = ()
    cleaned: tuple[Holding, ...] = ()
    kept: tuple[Kept, ...] = ()

    @property
    def total(self) -> int:
        """How many things were touched; 0 when there was nothing left to do."""
        return sum(one.count for one in (*self.erased, *self.cleaned))


class Marks(Contract):
    """People who were erased, by keyed hashes of their RUTs; see `munbot_common.traces.mark_of`."""

    key: str = Field(min_length=32, max_length=128)
    marks: tuple[str, ...] = Field(max_length=100_000)


class Matches(Contract):
    """RUTs of erased people that a store holds again, after an older backup was restored."""

    ruts: tuple[str, ...] = ()
