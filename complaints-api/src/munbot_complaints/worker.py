"""What runs beside the API: the relay, the overdue sweep and the sweep of uploads that nobody used."""

import threading
from collections.abc import Callable
from datetime import timedelta

from minio.error import MinioException
from munbot_common.clock import Clock, utc_now
from munbot_common.logs import get_logger
from munbot_common.messaging import Publisher
from munbot_common.worker import run_worker
from pymongo.errors import PyMongoError
from urllib3.exceptions import HTTPError

from munbot_complaints import mongo
from munbot_complaints.attachments.repository import AttachmentRepository
from munbot_complaints.attachments.service import AttachmentService
from munbot_complaints.attachments.storage import ObjectStore
from munbot_complaints.complaints.repository import ComplaintRepository
from munbot_complaints.complaints.service import ComplaintService
from munbot_complaints.dependencies import build_services
from munbot_complaints.relay import ComplaintRelay, Lease
from munbot_complaints.settings import WorkerSettings
from munbot_complaints.waiting import RELAYED, WaitingEvents

log = get_logger("complaints.worker")

SWEEP_BATCH = 200


class OverdueSweep:
    """Finds complaints whose last day is over, and says so once."""

    def __init__(self, repository: ComplaintRepository, complaints: ComplaintService, clock: Clock = utc_now) -> None:
        self._repository = repository
        self._complaints = complaints
        self._clock = clock

    def __call__(self) -> int:
        """Mark all that are due; returns how many this call marked."""
        marked = 0
        while rows := self._repository.due_for_sweep(self._clock(), SWEEP_BATCH):
            now_marked = sum(self._complaints.mark_overdue(row) for row in rows)
            marked += now_marked
            if not now_marked:
                break
        return marked


class UploadSweep:
    """Removes files that were announced or uploaded long ago and belong to no complaint."""

    def __init__(
        self,
        attachments: AttachmentRepository,
        service: AttachmentService,
        complaints: ComplaintRepository,
        *,
        keep: timedelta,
        clock: Clock = utc_now,
    ) -> None:
        self._attachments = attachments
        self._service = service
        self._complaints = complaints
        self._keep = keep
        self._clock = clock

    def __call__(self) -> int:
        """Remove what is left over; returns how many."""
        before = self._clock() - self._keep
        ready = self._attachments.older_than("ready", before, SWEEP_BATCH)
        taken = self._complaints.existing([row["complaint_id"] for row in ready if row["complaint_id"]])
        linked = {row["_id"] for row in ready if row["complaint_id"] in taken}
        self._attachments.set_linked(linked)  # their process died between the two writes
        stale = self._attachments.older_than("announced", before, SWEEP_BATCH)
        stale += [row for row in ready if row["_id"] not in linked]
        for attachment in stale:
            self._service.discard(attachment)
        return len(stale)


def every(seconds: float, name: str, work: Callable[[], int]) -> Callable[[threading.Event], None]:
    """Return a loop that works every so many seconds, and lives through stores that come and go."""

    def loop(stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                if count := work():
                    log.info("swept", sweep=name, count=count)
            except (PyMongoError, MinioException, HTTPError) as error:
                log.warning("store_away", sweep=name, kind=type(error).__name__)
            stop.wait(seconds)

    return loop


def run(settings: WorkerSettings) -> int:
    """Run until told to stop; returns the exit code."""
    client = mongo.connect(settings, pool_size=8)
    database = mongo.open_database(client, settings)
    store = ObjectStore(settings)
    services = build_services(database, store, utc_now)
    repository = ComplaintRepository(database)
    publisher = Publisher(settings.amqp_url(), name=settings.service_name).start()
    relay = ComplaintRelay(
        [WaitingEvents(database[name]) for name in RELAYED],
        publisher,
        Lease(database, "relay", seconds=settings.relay_lease_seconds),
        batch_size=settings.relay_batch_size,
        idle_seconds=settings.relay_idle_seconds,
    )
    uploads = UploadSweep(
        AttachmentRepository(database),
        services.attachments,
        repository,
        keep=timedelta(hours=settings.upload_keep_hours),
    )

    def forget() -> int:
        kept = timedelta(days=settings.person_days)
        return services.privacy.finish_settled() + services.privacy.forget_people(utc_now() - kept)

    def finish() -> None:
        publisher.close()
        client.close()

    return run_worker(
        settings,
        {
            "relay": relay.run,
            "overdue": every(settings.overdue_sweep_seconds, "overdue", OverdueSweep(repository, services.complaints)),
            "uploads": every(settings.upload_sweep_seconds, "uploads", uploads),
            "privacy": every(settings.privacy_sweep_seconds, "privacy", forget),
        },
        checks={"mongo": lambda: mongo.ping(database), "broker": publisher.check},
        on_stop=finish,
    )
