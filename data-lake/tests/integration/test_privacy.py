"""A person's pseudonyms leave the archive, and the figures stay."""

import pytest
from lake_events import booked, event_of
from munbot_common.auth import Principal, Role
from munbot_contracts import EVENT_TYPES
from munbot_contracts.people import Person, Rectification
from munbot_datalake.archive import files, repository
from munbot_datalake.archive.intake import Intake
from munbot_datalake.archive.pseudonyms import Pseudonyms
from munbot_datalake.archive.writer import Writer
from munbot_datalake.diskcache import DiskCache
from munbot_datalake.privacy.service import PersonalData
from munbot_datalake.questions.engine import Questions
from munbot_datalake.questions.sources import Sources

RUT, OTHER = "15482903-2", "12345678-5"
OFFICER = Principal(subject="cli", role=Role.SERVICE, tenant="valle-claro")
BOOKED = "munbot.appointment.booked.v1"


@pytest.fixture
def archive(factory, client, bucket, tmp_path):
    """Two people's bookings in files, and one of each that waits."""
    pseudonyms = Pseudonyms("k" * 32)
    intake, writer = Intake(factory, pseudonyms), Writer(factory, client, bucket)
    example = EVENT_TYPES[BOOKED].model_config["json_schema_extra"]["examples"][0]
    other = {**example, "citizen": {**example["citizen"], "rut": OTHER}}
    intake([booked(), booked(), event_of(BOOKED, other), booked(tenant="punta-brava")])
    writer.write()
    intake([booked(), event_of(BOOKED, other)])
    cache = DiskCache(tmp_path / "cache", 10_000_000)
    return PersonalData(factory, client, bucket, cache=cache, pseudonyms=pseudonyms), cache


def test_pseudonyms_go_and_events_stay(archive, factory, client, bucket):
    owner, cache = archive
    person = Person(rut=RUT)
    questions = Questions(Sources(factory, client, bucket, cache))
    count = "select citizen_rut_key is null as nobody, count(*) from appointment_booked group by 1 order by 1"
    assert questions.ask(count, tenant="valle-claro").rows == [[False, 5]]
    found = owner.find(OFFICER, person)
    assert [(one.store, one.count) for one in found.holdings] == [("lake.events", 3)]
    given = owner.export(OFFICER, person).records
    assert len(given["lake.events"]) == 3
    name = given["lake.events"][0]["citizen_rut_key"]
    assert {"pseudonym": name} in given["lake.pseudonyms"]
    erased = owner.erase(OFFICER, person)
    assert [(one.store, one.count) for one in erased.erased] == [("lake.pseudonyms", 3)]
    assert erased.kept[0].reason
    assert owner.find(OFFICER, person).holdings == ()
    assert owner.erase(OFFICER, person).erased == ()
    assert questions.ask(count, tenant="valle-claro").rows == [[False, 2], [True, 3]]
    with factory() as session:
        known = {file.key: file for file in repository.files(session)}
    there = list(client.list_objects(bucket, prefix=files.PREFIX, recursive=True, include_version=True))
    assert {item.object_name for item in there} == set(known)  # the old ones are gone with all their versions
    for file in known.values():
        if file.tenant_id == "valle-claro":
            assert name.encode() not in files.get(client, bucket, file)
    elsewhere = Principal(subject="cli", role=Role.SERVICE, tenant="punta-brava")
    assert owner.find(elsewhere, person).total == 1


def test_there_is_nothing_to_put_right(archive):
    owner, _ = archive
    assert owner.rectify(OFFICER, Rectification(person=Person(rut=RUT), name="Otra Persona")).changed == ()
