"""Questions over files and waiting rows; what a question may not do; figures by period."""

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from lake_events import booked, event_of, one_of_each
from minio import Minio
from munbot_common.database import unit_of_work
from munbot_datalake.archive import repository
from munbot_datalake.archive.intake import Intake
from munbot_datalake.archive.models import ArchiveFile
from munbot_datalake.archive.pseudonyms import Pseudonyms
from munbot_datalake.archive.writer import Writer
from munbot_datalake.diskcache import DiskCache
from munbot_datalake.questions.engine import Limits, Questions
from munbot_datalake.questions.figures import figures, periods
from munbot_datalake.questions.problems import QuestionRefused, QuestionTooLong
from munbot_datalake.questions.sources import Sources
from munbot_datalake.questions.views import VIEWS
from sqlalchemy import select

OVERDUE = "munbot.complaint.overdue.v1"


@pytest.fixture(scope="module")
def sources(factory, client, bucket, tmp_path_factory):
    return Sources(factory, client, bucket, DiskCache(tmp_path_factory.mktemp("cache"), 10_000_000))


@pytest.fixture(scope="module")
def questions(factory, client, bucket, sources):
    """Over three bookings in files, one that waits for its file, and one event of every kind."""
    intake = Intake(factory, Pseudonyms("k" * 32))
    writer = Writer(factory, client, bucket)
    day = datetime(2026, 10, 31, 12, tzinfo=UTC)
    intake([booked(time=day), booked(time=day), booked(time=day, tenant="punta-brava")])
    writer.write()
    intake(one_of_each())
    writer.write()
    # 23:30 of the 31st in Santiago is the 1st in UTC.
    intake([booked(time=datetime(2026, 11, 1, 2, 30, tzinfo=UTC))])
    return Questions(sources)


def rows(questions, sql, **options):
    return questions.ask(sql, **options).rows


def test_files_and_waiting_rows_are_one_table(questions):
    assert rows(questions, "select count(*) from appointment_booked") == [[5]]
    assert rows(questions, "SELECT Count(*) FROM EVENTS where type = 'munbot.appointment.booked.v1'") == [[5]]
    assert rows(questions, "from appointment_booked select distinct office_name") == [["Dirección de Tránsito"]]


def test_files_are_fetched_before_anybody_asks(questions, factory, client, bucket, tmp_path):
    with factory() as session:
        catalogue = sorted(repository.files(session), key=lambda file: file.last_day, reverse=True)
    cache = DiskCache(tmp_path / "ahead", 10_000_000)
    ahead, stop = Sources(factory, client, bucket, cache), threading.Event()
    assert ahead.fetch_ahead(stop) == len(catalogue)
    assert ahead.fetch_ahead(stop) == 0
    away = Minio("127.0.0.1:1", access_key="x", secret_key="y", secure=False)
    asked = Questions(Sources(factory, away, bucket, cache)).ask("select count(*) from appointment_booked")
    assert asked.rows == [[5]]
    newest = DiskCache(tmp_path / "newest", 2 * catalogue[0].bytes)
    assert Sources(factory, client, bucket, newest).fetch_ahead(stop) == 1
    assert newest.has(f"{catalogue[0].id}.parquet")
    stop.set()
    assert Sources(factory, client, bucket, DiskCache(tmp_path / "stopped", 10_000_000)).fetch_ahead(stop) == 0


def test_a_question_of_one_tenant_sees_its_own_only(questions):
    assert rows(questions, "select count(*) from appointment_booked", tenant="punta-brava") == [[1]]
    assert rows(questions, "select distinct tenant from events", tenant="punta-brava") == [["punta-brava"]]
    assert rows(questions, "select count(*) from events", tenant="nobody") == [[0]]


def test_a_question_of_one_tenant_cannot_open_the_files_of_another(questions, factory, sources):
    with unit_of_work(factory) as session:
        theirs = session.scalars(select(ArchiveFile).where(ArchiveFile.tenant_id == "valle-claro")).first()
    path = sources._fetched(theirs)
    with pytest.raises(QuestionRefused, match="Permission"):
        questions.ask(f"select * from read_parquet('{path}')", tenant="punta-brava")


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_every_view_can_be_asked(questions, view):
    answer = questions.ask(f"select * from {view}")
    assert [name for name, _ in answer.columns][:3] == ["event_id", "tenant", "type"]
    assert all(row[2] == VIEWS[view] for row in answer.rows)


def test_views_can_be_joined_and_described(questions):
    sql = "select b.tenant from appointment_booked b join events e using (event_id) where e.tenant = 'punta-brava'"
    assert rows(questions, sql) == [["punta-brava"]]
    assert "citizen_rut_key" in [row[0] for row in rows(questions, "describe appointment_booked")]


def test_answers_are_what_json_can_say_and_end_where_they_should(questions):
    answer = questions.ask("select time, start, 1.5::decimal(4,2) d, [1, 2] l from appointment_booked", max_rows=2)
    assert answer.truncated
    assert len(answer.rows) == 2
    assert answer.rows[0][2:] == [1.5, [1, 2]]
    assert datetime.fromisoformat(answer.rows[0][0]).tzinfo


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select 1; select 2", "una sola consulta"),
        ("", "una sola consulta"),
        ("delete from events", "Sólo se puede leer"),
        ("create table x as select 1", "Sólo se puede leer"),
        ("set memory_limit = '8GB'", "Sólo se puede leer"),
        ("copy (select 1) to '/tmp/x.csv'", "Sólo se puede leer"),
        ("install httpfs", "Sólo se puede leer"),
        ("attach '/tmp/x.db'", "Sólo se puede leer"),
        ("select * from read_text('/etc/passwd')", "Permission"),
        ("select * from '/etc/passwd'", "passwd"),
        ("select * from glob('/etc/*')", "Permission"),
        ("select * from bookings", "appointment_booked"),
        ("select colour from events", "colour"),
        ("selec 1", "syntax"),
        ("select 1/", "syntax"),
    ],
)
def test_what_is_no_reading_question_is_refused_with_a_reason(questions, sql, said):
    with pytest.raises(QuestionRefused) as refused:
        questions.ask(sql)
    assert said.lower() in refused.value.detail.lower()


def test_a_question_that_takes_too_long_is_ended(sources):
    quick = Questions(sources, Limits(seconds=0.2))
    with pytest.raises(QuestionTooLong):
        quick.ask("select count(*) from range(100000000000) a, range(1000) b")
    assert quick.ask("select 1").rows == [[1]]


def test_a_question_that_takes_too_much_memory_is_ended(sources):
    small = Questions(sources, Limits(memory_mb=32))
    with pytest.raises(QuestionTooLong):
        small.ask("select list(range) from range(50000000)")


def test_figures_are_counted_in_the_days_of_the_municipality(questions):
    october = figures(
        questions,
        tenant="valle-claro",
        first=date(2026, 10, 1),
        last=date(2026, 11, 30),
        group="month",
        zone="America/Santiago",
    )
    assert [(period.start, period.figures["appointments_booked"]) for period in october] == [
        (date(2026, 10, 1), 3),
        (date(2026, 11, 1), 1),
    ]
    in_utc = figures(
        questions, tenant="valle-claro", first=date(2026, 10, 31), last=date(2026, 11, 1), group="day", zone="UTC"
    )
    assert [period.figures["appointments_booked"] for period in in_utc] == [2, 1]
    assert october[1].figures["complaints"] == 1
    assert october[1].figures["complaints_resolved"] == 0


def test_periods_have_no_holes():
    assert periods(date(2025, 11, 30), date(2026, 2, 1), "month") == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]
    assert periods(date(2024, 5, 5), date(2026, 1, 1), "year") == [date(year, 1, 1) for year in (2024, 2025, 2026)]
    assert len(periods(date(2026, 1, 1), date(2026, 12, 31), "day")) == 365


def test_a_column_that_a_type_has_since_today_is_empty_in_its_early_files(
    factory, client, bucket, sources, monkeypatch
):
    """The early file has no `overdue_since`; the view still has the column."""
    from munbot_datalake.archive import files, shapes

    whole = shapes.schema_of(OVERDUE)
    model = event_of(OVERDUE, next(event.data for event in one_of_each() if event.type == OVERDUE), tenant="early")
    intake = Intake(factory, Pseudonyms("k" * 32))
    intake([model])
    with monkeypatch.context() as patch:
        patch.setattr(files, "schema_of", lambda _: whole.remove(whole.get_field_index("overdue_since")))
        Writer(factory, client, bucket).write()
    asked = Questions(sources)
    assert asked.ask("select folio, overdue_since from complaint_overdue", tenant="early").rows == [
        ["REC-2026-000123-K", None]
    ]
    later = event_of(OVERDUE, model.data, tenant="early", id=uuid.uuid4(), time=model.time + timedelta(days=1))
    intake([later])
    Writer(factory, client, bucket).write()
    found = asked.ask("select overdue_since from complaint_overdue order by time", tenant="early").rows
    assert [value is None for [value] in found] == [True, False]
