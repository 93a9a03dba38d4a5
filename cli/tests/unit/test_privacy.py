"""How all owners of data are asked, over stand-ins that speak HTTP."""

import json

import httpx
import pytest
from munbot_cli.errors import MunbotError
from munbot_cli.privacy.owners import OWNERS, Owners, counted
from munbot_contracts.people import Erased, Found, Holding, Person

RUT = "15482903-2"


class Platform:
    """Each owner knows one more thing; `late`: how often something still arrives after an erasure."""

    def __init__(self, late=0, fails=""):
        self.asked, self.late, self.fails, self.erased = [], late, fails, 0

    def __call__(self, request):
        owner = next(name for name, path in OWNERS.items() if request.url.path.startswith(f"{path}/v1/"))
        what, body = request.url.path.rpartition("/")[2], json.loads(request.content)
        self.asked.append((owner, what, body))
        assert request.headers["X-Munbot-Tenant"] == "valle-claro"
        if owner == self.fails:
            return httpx.Response(503, json={"detail": "El almacén no responde"})
        if what == "find":
            return httpx.Response(200, text=self._found(owner, body).model_dump_json())
        if what == "erase":
            self.erased += owner == "conversations"
            gone = (Holding(store=f"{owner}.rows", count=1),) if not self.erased else ()
            return httpx.Response(200, text=Erased(service=owner, erased=gone).model_dump_json())
        return httpx.Response(200, json={"ruts": [RUT]})

    def _found(self, owner, body):
        known = Person(rut=body["rut"])
        if owner == "conversations":
            known = Person(rut=body["rut"], phones=("+56987654321",))
        if owner == "whatsapp" and body["phones"]:
            known = Person(rut=body["rut"], names=("Marcela Soto",))
        left = owner == "whatsapp" and self.erased <= self.late
        return Found(service=owner, holdings=(Holding(store="x", count=1),) if left else (), known=known)


def owners(platform):
    door = httpx.Client(base_url="http://door", transport=httpx.MockTransport(platform))
    return Owners(door, "valle-claro", pause=lambda _: None)


def test_what_one_knows_is_told_to_all_until_nobody_knows_more():
    platform = Platform()
    person, found = owners(platform).find(Person(rut=RUT))
    assert (person.phones, person.names) == (("+56987654321",), ("Marcela Soto",))
    assert len(found) == len(OWNERS)
    last = [body for owner, _, body in platform.asked if owner == "lake"][-1]
    assert last["names"] == ["Marcela Soto"]


@pytest.mark.parametrize("late", [0, 2])
def test_erasing_goes_on_until_nobody_finds_anything(late):
    platform = Platform(late=late)
    done = owners(platform).erase(Person(rut=RUT))
    assert (done.passes, done.left) == (late + 1, [])
    assert counted(done.answers)["lake.rows"] == {"erased": 1, "cleaned": 0}


def test_what_does_not_go_is_said():
    done = owners(Platform(late=1_000)).erase(Person(rut=RUT))
    assert [one.service for one in done.left] == ["whatsapp"]


def test_who_knows_a_person_by_other_names_is_asked_last():
    platform = Platform()
    owners(platform).erase(Person(rut=RUT))
    order = [owner for owner, what, _ in platform.asked if what == "erase"][: len(OWNERS)]
    assert order[-2:] == ["scheduler", "conversations"]


def test_an_owner_that_is_away_ends_it_with_its_words():
    with pytest.raises(MunbotError, match=r"complaints refused .503.: El almacén no responde"):
        owners(Platform(fails="complaints")).erase(Person(rut=RUT))
