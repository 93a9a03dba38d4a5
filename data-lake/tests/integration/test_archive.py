"""Events into rows, rows into files, files into larger ones: each event once, whatever is killed or repeated."""

import io
import uuid
from datetime import date, datetime, timedelta

import pyarrow.parquet as pq
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from lake_events import booked, event_of, one_of_each
from minio.error import S3Error
from munbot_common.database import unit_of_work
from munbot_datalake.archive import files, repository
from munbot_datalake.archive.intake import Intake
from munbot_datalake.archive.models import ArchiveFile, StagedEvent
from munbot_datalake.archive.pseudonyms import Pseudonyms
from munbot_datalake.archive.upkeep import Upkeep
from munbot_datalake.archive.writer import Writer
from munbot_datalake.base import INBOX, Base
from pydantic import ValidationError
from sqlalchemy import delete, func, select


@pytest.fixture(autouse=True)
def _empty(factory, client, bucket):
    with unit_of_work(factory) as session:
        for table in (INBOX, StagedEvent, ArchiveFile):
            session.execute(delete(table))
    for item in client.list_objects(bucket, recursive=True):
        client.remove_object(bucket, item.object_name)


@pytest.fixture
def intake(factory):
    return Intake(factory, Pseudonyms("k" * 32))


@pytest.fixture
def writer(factory, client, bucket, clock):
    return Writer(factory, client, bucket, file_rows=1000, file_seconds=600, clock=clock)


@pytest.fixture
def upkeep(factory, client, bucket, clock):
    return Upkeep(factory, client, bucket, orphan_age=timedelta(hours=2), clock=clock)


@pytest.fixture
def archived(factory, client, bucket):
    """Callable: the event ids in all files of the catalogue, in no order."""

    def read():
        with unit_of_work(factory) as session:
            catalogue = repository.files(session)
        tables = [pq.read_table(io.BytesIO(files.get(client, bucket, file))) for file in catalogue]
        assert [table.num_rows for table in tables] == [file.rows for file in catalogue]
        return [value for table in tables for value in table.column("event_id").to_pylist()]

    return read


def count(factory, table):
    with unit_of_work(factory) as session:
        return session.scalar(select(func.count()).select_from(table))


def objects(client, bucket):
    return {item.object_name for item in client.list_objects(bucket, recursive=True)}


def test_migrations_equal_the_models(engine):
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_an_event_is_kept_once_however_often_it_comes(intake, writer, factory, archived):
    events = one_of_each()
    intake([*events, events[0]])
    intake(events)
    assert count(factory, StagedEvent) == len(events)
    writer.write()
    intake(events)  # after its file was written, too
    assert count(factory, StagedEvent) == 0
    assert sorted(archived()) == sorted(str(event.id) for event in events)


def test_events_of_unknown_types_are_left_out_and_the_others_kept(intake, factory):
    intake([event_of("munbot.other.fact.v1", {"name": "Marcela Soto"}), booked()])
    assert count(factory, StagedEvent) == 1


def test_a_batch_with_a_bad_event_keeps_nothing(intake, factory):
    with pytest.raises(ValidationError):
        intake([booked(), event_of("munbot.appointment.booked.v1", {})])
    assert count(factory, StagedEvent) == count(factory, INBOX) == 0


def test_files_lie_by_tenant_type_and_day(intake, writer, client, bucket):
    intake([booked(), booked(tenant="punta-brava"), booked(time=datetime.fromisoformat("2026-11-20T22:30:00-03:00"))])
    writer.write()
    assert {name.rpartition("/")[0] for name in objects(client, bucket)} == {
        "events/tenant=valle-claro/type=munbot.appointment.booked.v1/date=2026-11-20",
        "events/tenant=punta-brava/type=munbot.appointment.booked.v1/date=2026-11-20",
        "events/tenant=valle-claro/type=munbot.appointment.booked.v1/date=2026-11-21",
    }


def test_a_writer_that_dies_before_its_commit_loses_and_doubles_nothing(
    intake, writer, upkeep, factory, client, bucket, archived, monkeypatch, clock
):
    events = one_of_each()
    intake(events)

    def dies(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(repository, "unstage", dies)
        with pytest.raises(KeyboardInterrupt):
            writer.write()
    orphans = objects(client, bucket)
    assert orphans
    assert archived() == []
    assert count(factory, StagedEvent) == len(events)
    writer.write()
    assert sorted(archived()) == sorted(str(event.id) for event in events)

    clock.now = datetime.now(clock.now.tzinfo)
    assert upkeep.sweep() == 0, "they are too young: their writer may still be at work"
    clock.now += timedelta(hours=3)
    assert upkeep.sweep() == len(orphans)
    assert not objects(client, bucket) & orphans
    assert sorted(archived()) == sorted(str(event.id) for event in events)


def test_rows_wait_until_there_are_enough_or_one_has_waited_long(intake, factory, client, bucket, clock):
    clock.now = datetime.now(clock.now.tzinfo)
    writer = Writer(factory, client, bucket, file_rows=3, file_seconds=600, clock=clock)
    intake([booked(), booked()])
    assert writer.write_due() == 0
    intake([booked()])
    assert writer.write_due() == 3
    intake([booked()])
    assert writer.write_due() == 0
    clock.now += timedelta(seconds=601)
    assert writer.write_due() == 1


def test_two_writers_do_not_write_the_same(intake, writer, factory):
    intake([booked()])
    with unit_of_work(factory) as session:
        assert repository.lock_writer(session)
        assert writer.write() == 0
    assert writer.write() == 1


def test_a_store_that_is_away_costs_no_row(intake, writer, factory, client, monkeypatch):
    intake([booked()])

    def refuses(*_, **__):
        raise S3Error(None, "SlowDown", "busy", "/", "1", "1")

    with monkeypatch.context() as patch:
        patch.setattr(client, "put_object", refuses)
        with pytest.raises(S3Error):
            writer.write()
    assert count(factory, StagedEvent) == 1
    assert writer.write() == 1


def test_days_become_one_file_and_months_too(intake, writer, upkeep, factory, archived, client, bucket, clock):
    days = [datetime.fromisoformat(f"2026-10-{day:02}T12:00:00Z") for day in (1, 1, 2, 30)]
    days.append(datetime.fromisoformat("2026-11-20T12:00:00Z"))
    sent = []
    for day in days:
        event = booked(time=day)
        sent.append(str(event.id))
        intake([event])
        writer.write()
    clock.now = datetime.fromisoformat("2026-11-05T01:00:00Z")
    assert upkeep.merge() == 2, "the two files of October 1st; the month is not over for long enough"
    clock.now = datetime.fromisoformat("2026-11-09T01:00:00Z")
    assert upkeep.merge() == 3
    with unit_of_work(factory) as session:
        catalogue = {(file.first_day, file.last_day): file for file in repository.files(session)}
    assert set(catalogue) == {(date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 11, 20), date(2026, 11, 20))}
    assert "/date=2026-10/" in catalogue[date(2026, 10, 1), date(2026, 10, 31)].key
    assert sorted(archived()) == sorted(sent)
    assert upkeep.merge() == 0
    clock.now = datetime.now(clock.now.tzinfo) + timedelta(hours=3)
    upkeep.sweep()
    assert objects(client, bucket) == {file.key for file in catalogue.values()}


def test_a_merge_that_lost_its_files_to_another_changes_nothing(intake, writer, upkeep, factory, archived):
    event = booked()
    intake([event])
    writer.write()
    with factory() as session:
        assert not repository.replace_files(session, [uuid.uuid4(), repository.files(session)[0].id], [])
    assert archived() == [str(event.id)]


def test_a_file_that_was_changed_is_noticed(intake, writer, factory, client, bucket):
    intake([booked()])
    writer.write()
    with unit_of_work(factory) as session:
        file = repository.files(session)[0]
    client.put_object(bucket, file.key, io.BytesIO(b"PAR1"), 4)
    with pytest.raises(files.FileDamaged):
        files.get(client, bucket, file)
