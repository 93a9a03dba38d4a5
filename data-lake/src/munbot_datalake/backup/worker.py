"""The nightly backup, and the figures by which an alarm knows that one is missing."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from munbot_common.clock import Clock, utc_now
from munbot_common.logs import get_logger
from munbot_common.worker import run_worker
from prometheus_client import Gauge

from munbot_datalake.backup.catalogue import Catalogue
from munbot_datalake.backup.drills import drills
from munbot_datalake.backup.problems import BackupError
from munbot_datalake.backup.retention import last_due
from munbot_datalake.backup.saving import make_backup, refuse_without_key
from munbot_datalake.backup.settings import BackupSettings
from munbot_datalake.backup.targets import open_target

__all__ = ["Nightly", "run"]

log = get_logger("backup.worker")

LAST_BACKUP = Gauge("munbot_backup_last_success_timestamp_seconds", "When the newest whole backup was begun")
LAST_DRILL = Gauge("munbot_recovery_drill_last_success_timestamp_seconds", "When the last good recovery drill ended")
FAILED = Gauge("munbot_backup_last_failed", "1 while the last nightly attempt failed")
MISSING_FILES = Gauge("munbot_backup_missing_files", "Files that complaints of the newest backup name and nobody has")
BACKUP_BYTES = Gauge("munbot_backup_new_bytes", "Contents that the newest backup added to the target")

LOOK_SECONDS = 60.0
SETTLE = timedelta(minutes=30)
"""A missed night is made up for when the platform has run for so long: its start has other things to do."""
TRY_AGAIN = timedelta(minutes=30)


class Nightly:
    """Decide when to save, and keep the figures."""

    def __init__(
        self,
        settings: BackupSettings,
        *,
        clock: Clock = utc_now,
        save: Callable[[BackupSettings], object] = make_backup,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._save = save
        self._begun = clock()
        self._tried: datetime | None = None

    def look(self) -> bool:
        """Save if it is time; tells whether a backup was made."""
        newest = self._figures()
        now = self._clock()
        if not self._settings.backup_nightly or not self._is_time(newest, now):
            return False
        self._tried = now
        try:
            self._save(self._settings)
        except BackupError as error:
            FAILED.set(1)
            log.error("nightly_backup_failed", reason=str(error))
            return False
        FAILED.set(0)
        self._figures()
        return True

    def _is_time(self, newest: datetime | None, now: datetime) -> bool:
        due = last_due(now, self._settings.backup_at, ZoneInfo(self._settings.backup_zone))
        if newest is not None and newest >= due:
            return False
        if self._tried is not None and self._tried >= due and now - self._tried < TRY_AGAIN:
            return False
        return self._begun < due or now - self._begun >= SETTLE

    def _figures(self) -> datetime | None:
        target = open_target(self._settings)
        newest = Catalogue(target).newest()
        if newest is not None:
            LAST_BACKUP.set(newest.started_at.timestamp())
            BACKUP_BYTES.set(newest.new_blob_bytes)
            MISSING_FILES.set(len(newest.missing_files))
        good = next((drill for drill in drills(target) if drill.passed), None)
        if good is not None:
            LAST_DRILL.set(good.at.timestamp())
        return newest.started_at if newest else None


def run(settings: BackupSettings) -> int:
    """Look at the clock until told to stop; returns the exit code."""
    refuse_without_key_late(settings)
    nightly = Nightly(settings)

    def loop(stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                nightly.look()
            except BackupError as error:
                FAILED.set(1)
                log.error("backup_target_unusable", reason=str(error))
            except Exception:
                FAILED.set(1)
                log.exception("backup_failed")
            stop.wait(LOOK_SECONDS)

    return run_worker(settings, {"nightly": loop}, stop_seconds=30)


def refuse_without_key_late(settings: BackupSettings) -> None:
    """Say at the start that nights will fail: the key can be given while the service runs."""
    try:
        refuse_without_key(settings)
    except BackupError as error:
        log.error("no_recovery_key", reason=str(error))
