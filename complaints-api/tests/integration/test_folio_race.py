"""Numbers under eight writers, in processes of their own, two of which are killed on the way."""

import multiprocessing
import os
import signal
import time

from munbot_common.auth import Principal, Role
from munbot_common.clock import utc_now
from munbot_complaints import mongo
from munbot_complaints.attachments.storage import ObjectStore
from munbot_complaints.complaints.schemas import CitizenBody, ComplaintBody
from munbot_complaints.dependencies import build_services
from munbot_complaints.folios import Folio

WRITERS = 8
EACH = 20
START_SECONDS = 120


def _write(settings, writer, count, start, killed):
    with mongo.connect(settings, pool_size=2) as client:
        database = mongo.open_database(client, settings)
        services = build_services(database, ObjectStore(settings), utc_now)
        principal = Principal(subject="race", role=Role.SERVICE, tenant="valle-claro")
        body = ComplaintBody(
            category="aseo", description="Carrera por un número", citizen=CitizenBody(rut="15482903-2")
        )
        start.wait(START_SECONDS)
        for number in range(count):
            if killed and number == count // 2:
                os.kill(os.getpid(), signal.SIGKILL)
            services.intake.create(principal, body, f"{writer}-{number}")


def _run(settings, writers, count, killed=()):
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(writers + 1)
    processes = [
        context.Process(target=_write, args=(settings, writer, count, start, writer in killed))
        for writer in range(writers)
    ]
    for process in processes:
        process.start()
    start.wait(START_SECONDS)
    began = time.perf_counter()
    for process in processes:
        process.join()
    return time.perf_counter() - began


def test_no_gap_and_no_double_under_eight_writers(settings, database, record_property):
    year = utc_now().year
    _run(settings, WRITERS, EACH, killed={2, 5})
    after_kill = database["complaints"].count_documents({})
    assert after_kill == (WRITERS - 2) * EACH + 2 * (EACH // 2)

    seconds = _run(settings, WRITERS, EACH)  # the same keys again: only what was lost is added
    rows = list(database["complaints"].find({}, {"number": 1, "folio": 1}))
    assert sorted(row["number"] for row in rows) == list(range(1, WRITERS * EACH + 1))
    assert {row["folio"] for row in rows} == {str(Folio(year, number)) for number in range(1, WRITERS * EACH + 1)}
    record_property("seconds_second_round", round(seconds, 2))
