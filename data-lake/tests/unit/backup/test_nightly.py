"""When the nightly backup is made, and what the figures say."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from munbot_datalake.backup import worker
from munbot_datalake.backup.drills import Drill, drills, note_drill
from munbot_datalake.backup.problems import BackupError, NoRecoveryKey
from munbot_datalake.backup.saving import refuse_without_key
from munbot_datalake.backup.settings import BackupSettings

NIGHT = datetime(2026, 11, 22, 6, tzinfo=UTC)  # three in the morning in Santiago


@pytest.fixture
def settings(tmp_path):
    return BackupSettings(
        munbot_mode="demo",
        backup_target=str(tmp_path / "target"),
        backup_namespace="demo",
        secrets_dir=tmp_path,
        rabbitmq_password="x",
        s3_endpoint="http://127.0.0.1:9",
        s3_access_key="x",
        s3_secret_key="x",
    )


@pytest.fixture
def nightly(settings, make):
    """A worker that has run since the evening, with a clock to set and the backups it made."""
    now = [NIGHT - timedelta(hours=9)]
    made = []

    def save(_settings):
        if scene.broken:
            raise BackupError("the disk is full")
        made.append(now[0])
        make(now[0])

    scene = SimpleNamespace(broken=False, made=made)
    loop = worker.Nightly(settings, clock=lambda: now[0], save=save)

    def at(moment):
        now[0] = moment
        return loop.look()

    scene.at = at
    return scene


def test_every_night_has_one_backup(nightly, make):
    make(NIGHT - timedelta(days=1))
    for minutes in range(0, 3 * 24 * 60, 10):
        nightly.at(NIGHT - timedelta(hours=1) + timedelta(minutes=minutes))
    assert nightly.made == [NIGHT, NIGHT + timedelta(days=1), NIGHT + timedelta(days=2)]


def test_a_failed_night_is_tried_again_and_told(nightly, make):
    make(NIGHT - timedelta(days=1))
    nightly.broken = True
    assert not nightly.at(NIGHT)
    assert worker.FAILED._value.get() == 1
    nightly.broken = False
    assert not nightly.at(NIGHT + timedelta(minutes=29))
    assert nightly.at(NIGHT + timedelta(minutes=30))
    assert worker.FAILED._value.get() == 0


def test_a_night_slept_through_is_made_up_for_once_the_platform_has_settled(settings, make):
    now = [NIGHT + timedelta(hours=3)]
    loop = worker.Nightly(settings, clock=lambda: now[0], save=lambda _: make(now[0]))
    assert not loop.look()
    now[0] += timedelta(minutes=29)
    assert not loop.look()
    now[0] += timedelta(minutes=1)
    assert loop.look()
    assert not loop.look()


def test_a_backup_by_hand_after_the_hour_counts(nightly, make):
    make(NIGHT + timedelta(minutes=1))
    assert not nightly.at(NIGHT + timedelta(minutes=2))
    assert nightly.made == []


def test_the_schedule_can_be_left_to_somebody_else(settings, make):
    off = settings.model_copy(update={"backup_nightly": False})
    now = [NIGHT - timedelta(hours=9)]
    loop = worker.Nightly(off, clock=lambda: now[0], save=lambda _: pytest.fail("it was saved"))
    manifest = make(now[0])
    now[0] = NIGHT + timedelta(days=1)
    assert not loop.look()
    assert worker.LAST_BACKUP._value.get() == manifest.started_at.timestamp()


def test_the_last_good_drill_is_told_not_the_last_one(nightly, target):
    note_drill(target, Drill(at=NIGHT, backup="a", passed=True))
    note_drill(target, Drill(at=NIGHT + timedelta(hours=1), backup="b", passed=False, failure="no stores"))
    nightly.at(NIGHT + timedelta(hours=2))
    assert worker.LAST_DRILL._value.get() == NIGHT.timestamp()
    assert [drill.passed for drill in drills(target)] == [False, True]


def test_files_that_complaints_name_in_vain_are_told_until_a_backup_has_them_all(nightly, make):
    make(NIGHT + timedelta(minutes=1), missing_files=["t/kept/1/foto.jpg"])
    nightly.at(NIGHT + timedelta(minutes=2))
    assert worker.MISSING_FILES._value.get() == 1
    make(NIGHT + timedelta(hours=1))
    nightly.at(NIGHT + timedelta(hours=2))
    assert worker.MISSING_FILES._value.get() == 0


def test_in_production_nothing_is_saved_without_a_recovery_key(settings, tmp_path):
    production = settings.model_copy(update={"munbot_mode": "production"})
    with pytest.raises(NoRecoveryKey, match="recovery-key"):
        refuse_without_key(production)
    (tmp_path / "recovery_recipient").write_text("age1given\n")
    refuse_without_key(production)
    refuse_without_key(settings)
    assert production.recipient() == "age1given"
