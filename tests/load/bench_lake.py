"""The data lake in figures: events archived a second, a question over a million of them, pictures cold and cached.

    python tests/load/bench_lake.py --json result.json

It works in a database, a bucket and a virtual host of its own, made on the servers that the MUNBOT_TEST_* variables
name and removed afterwards, so it may run beside the platform. Archive and pictures run in this process.
"""

import argparse
import io
import os
import secrets
import tempfile
import threading
import time
import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import pyarrow as pa
from minio import Minio
from minio.deleteobjects import DeleteObject
from munbot_common.database import make_session_factory, run_migrations, unit_of_work
from munbot_common.ids import uuid7
from munbot_common.messaging import BatchConsumer, OutgoingMessage, Publisher
from munbot_contracts import EVENT_TYPES, routing_key
from munbot_contracts.envelope import AnyEvent
from munbot_datalake.archive import files, repository
from munbot_datalake.archive.intake import SUBSCRIPTION, Intake
from munbot_datalake.archive.pseudonyms import Pseudonyms
from munbot_datalake.archive.rows import row_of
from munbot_datalake.archive.shapes import schema_of
from munbot_datalake.archive.writer import Writer
from munbot_datalake.diskcache import DiskCache
from munbot_datalake.images.rules import Wish
from munbot_datalake.images.service import Images
from munbot_datalake.questions.engine import Questions
from munbot_datalake.questions.figures import figures
from munbot_datalake.questions.sources import Sources
from PIL import Image
from sqlalchemy import create_engine, text
from support import print_table, summary, write

QUESTIONS = {
    "by type": "select type, count(*) from events group by type",
    "by month and office": (
        "select date_trunc('month', time) m, office_name, count(*), count(distinct citizen_rut_key) "
        "from appointment_booked group by all"
    ),
    "wait for an appointment": "select office_name, median(start - time) from appointment_booked group by all",
    "join": (
        "select b.office_name, count(*) from appointment_booked b join appointment_cancelled c "
        "using (appointment_id) group by all"
    ),
}


def needed(name):
    value = os.environ.get(name)
    if not value:
        raise SystemExit(f"{name} is not set: . <(./munbot env)")
    return value


@contextmanager
def database():
    server = urlsplit(needed("MUNBOT_TEST_POSTGRES_URL"))
    name = f"bench_{secrets.token_hex(4)}"
    admin = create_engine(urlunsplit(server), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    url = urlunsplit(server._replace(path=f"/{name}"))
    run_migrations("munbot_datalake", url)
    engine = create_engine(url, connect_args={"options": "-c timezone=UTC"})
    try:
        yield make_session_factory(engine)
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


@contextmanager
def store():
    client = Minio(
        urlsplit(needed("MUNBOT_TEST_S3_ENDPOINT")).netloc,
        access_key=needed("MUNBOT_TEST_S3_ACCESS_KEY"),
        secret_key=needed("MUNBOT_TEST_S3_SECRET_KEY"),
        secure=False,
    )
    name = f"bench-{secrets.token_hex(4)}"
    client.make_bucket(name)
    try:
        yield client, name
    finally:
        found = client.list_objects(name, recursive=True)
        list(client.remove_objects(name, [DeleteObject(item.object_name) for item in found]))
        client.remove_bucket(name)


@contextmanager
def broker():
    url, api = urlsplit(needed("MUNBOT_TEST_RABBITMQ_URL")), needed("MUNBOT_TEST_RABBITMQ_API")
    name = f"bench_{secrets.token_hex(4)}"
    with httpx.Client(base_url=api, auth=(url.username or "", url.password or ""), timeout=30) as http:
        http.put(f"/api/vhosts/{name}").raise_for_status()
        rights = {"configure": ".*", "write": ".*", "read": ".*"}
        http.put(f"/api/permissions/{name}/{url.username}", json=rights).raise_for_status()
        try:
            yield urlunsplit(url._replace(path=f"/{name}"))
        finally:
            http.delete(f"/api/vhosts/{name}")


def event_of(event_type, data, *, time=None, tenant="bench"):
    return AnyEvent(
        id=uuid7(),
        source="/munbot/bench",
        type=event_type,
        subject=str(uuid.uuid4()),
        time=time or datetime.now(UTC),
        tenant=tenant,
        correlationid=str(uuid.uuid4()),
        data=data,
    )


def examples():
    return [(name, model.model_config["json_schema_extra"]["examples"][0]) for name, model in EVENT_TYPES.items()]


def archive(factory, client, bucket, count):
    """Events that wait in the queue are archived; the queue is filled before the clock starts."""
    kinds = examples()
    with broker() as url:
        intake = Intake(factory, Pseudonyms("b" * 64))
        consumer = BatchConsumer(url, SUBSCRIPTION, intake, usable=lambda: None, name="bench")
        _declared(consumer)
        publisher = Publisher(url, name="bench").start()
        publisher.wait_ready(30)
        for begin in range(0, count, 1000):
            events = [event_of(*kinds[place % len(kinds)]) for place in range(begin, min(begin + 1000, count))]
            publisher.publish_and_wait(
                [OutgoingMessage(routing_key(one.type), one.model_dump_json().encode(), str(one.id)) for one in events]
            )
        publisher.close()
        stop = threading.Event()
        thread = threading.Thread(target=consumer.run, args=(stop,))
        started = time.perf_counter()
        thread.start()
        while _waiting(factory) < count and time.perf_counter() - started < 300:
            time.sleep(0.05)
        seconds = time.perf_counter() - started
        stop.set()
        thread.join(30)
        kept = _waiting(factory)
    writer = Writer(factory, client, bucket)
    began = time.perf_counter()
    while writer.write():
        pass
    writing = time.perf_counter() - began
    return {
        "events": count,
        "kept": kept,
        "events_per_second": round(count / seconds),
        "files_written_in_s": round(writing, 2),
        "events_per_second_into_files": round(count / writing),
    }


def _declared(consumer):
    """Make the queue, so that what is published waits in it."""
    stop = threading.Event()
    thread = threading.Thread(target=consumer.run, args=(stop,))
    thread.start()
    consumer.wait_ready(30)
    stop.set()
    thread.join(30)


def _waiting(factory):
    with unit_of_work(factory) as session:
        return repository.waiting(session).rows


def years(factory, client, bucket, count, months):
    """An archive as it is after years: a file for each tenant, type and month."""
    kinds = [one for one in examples() if one[0].split(".")[1] in {"appointment", "complaint", "message"}]
    tenants = ("valle-claro", "punta-brava")
    each = -(-count // (len(kinds) * len(tenants) * months))
    total = 0
    firsts = [date(2024 + month // 12, month % 12 + 1, 1) for month in range(months)]
    for event_type, data in kinds:
        schema = schema_of(event_type)
        model = row_of(event_of(event_type, data), Pseudonyms("b" * 64))
        for tenant in tenants:
            made = []
            for first in firsts:
                last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
                table = _many(event_type, schema, model | {"tenant": tenant}, each, first)
                made.append(
                    files.put(
                        client,
                        bucket,
                        table,
                        tenant=tenant,
                        event_type=event_type,
                        days=(first, last),
                        file_id=uuid7(),
                    )
                )
                total += each
            with unit_of_work(factory) as session:
                session.add_all(made)
    return total, len(kinds) * len(tenants) * months


def _many(event_type, schema, model, count, first):
    """Rows like one, each with ids and times of its own, and one of a hundred offices and a thousand people."""
    start = datetime(first.year, first.month, 1, tzinfo=UTC)
    columns = []
    one = files.table_of(event_type, [model])
    for field in schema:
        name = field.name
        if name == "time":
            values = [start + timedelta(seconds=2_300_000 * place // count) for place in range(count)]
        elif name == "event_id" or (name.endswith("_id") and name not in {"procedure_id", "office_id"}):
            values = [str(uuid.uuid4()) for _ in range(count)]
        elif name.endswith("_key"):
            values = [f"{place % 1000:032x}" for place in range(count)]
        elif name == "office_name":
            values = [f"Oficina {place % 100}" for place in range(count)]
        else:
            values = one.column(name).to_pylist() * count
        columns.append(pa.array(values, field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def ask(factory, client, bucket, rounds):
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        for name, sql in QUESTIONS.items():
            sources = Sources(factory, client, bucket, DiskCache(Path(folder) / name.replace(" ", "-"), 2**31))
            began = time.perf_counter()
            sources.fetch_ahead(threading.Event())  # as the service does when it starts
            ahead = (time.perf_counter() - began) * 1000
            cold = Questions(sources)
            first = cold.ask(sql).seconds * 1000
            warm = [cold.ask(sql).seconds * 1000 for _ in range(rounds)]
            measured.append({"question": name, "ahead_ms": round(ahead), "first_ms": round(first), **summary(warm)})
        times = []
        for _ in range(rounds + 1):
            began = time.perf_counter()
            figures(
                cold, tenant="valle-claro", first=date(2024, 1, 1), last=date(2025, 12, 31), group="month", zone="UTC"
            )
            times.append((time.perf_counter() - began) * 1000)
        years_asked = {"question": "figures of two years", "ahead_ms": 0, "first_ms": round(times[0])}
        measured.append({**years_asked, **summary(times[1:])})
    return measured


def pictures(factory, client, bucket, rounds):
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        images = Images(factory, client, bucket, DiskCache(Path(folder) / "one", 2**28))
        another = Images(factory, client, bucket, DiskCache(Path(folder) / "another", 2**28))  # has to fetch originals
        for form, wish in (
            ("JPEG", Wish(800, None, "webp")),
            ("JPEG", Wish(320, None, "webp")),
            ("JPEG", Wish(800, None, "avif")),
            ("PNG", Wish(800, None, "webp")),
        ):
            fetched, cold, cached = [], [], []
            for place in range(rounds):
                name = f"{form.lower()}-{wish.label}-{place}"
                now = datetime.now(UTC)
                images.save(tenant="b", catalogue="b", name=name, content=_photo(form, place), by="b", now=now)
                for times in (fetched, cold, *[cached] * 5):
                    began = time.perf_counter()
                    (another if times is fetched else images).show("b", name, wish)
                    times.append((time.perf_counter() - began) * 1000)
            for what, times in (("cold, fetched", fetched), ("cold", cold), ("cached", cached)):
                measured.append({"picture": f"2 MP {form} → {wish.label} {what}", **summary(times)})
    return measured


def _photo(form, place):
    """A picture of 2 megapixels with large shapes and some grain, as a photograph has them."""
    base = Image.radial_gradient("L").resize((1632, 1224)).rotate(place * 7)
    grain = Image.effect_noise((1632, 1224), 24)
    photo = Image.merge("RGB", (Image.blend(base, grain, 0.2), base.transpose(Image.Transpose.FLIP_TOP_BOTTOM), base))
    sink = io.BytesIO()
    photo.save(sink, form, **({"quality": 88} if form == "JPEG" else {"compress_level": 3}))
    return sink.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=20_000, help="that are archived")
    parser.add_argument("--asked", type=int, default=1_000_000, help="that questions go over")
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json")
    options = parser.parse_args()
    with database() as factory, store() as (client, bucket):
        archived = archive(factory, client, bucket, options.events)
        print_table("Archiver", [archived])
        total, count = years(factory, client, bucket, options.asked, options.months)
        asked = ask(factory, client, bucket, options.rounds)
        print_table(f"Questions over {total} events in {count} files", asked)
        shown = pictures(factory, client, bucket, options.rounds)
        print_table("Pictures", shown)
    write(options.json, {"archiver": archived, "events": total, "files": count, "questions": asked, "pictures": shown})
    return 0 if archived["kept"] == archived["events"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
