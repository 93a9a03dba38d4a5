"""Erased people are known again by marks that name nobody, as long as a backup holds them."""

from datetime import UTC, datetime, timedelta

from munbot_common.traces import mark_of
from munbot_datalake.backup.erasures import erasures, key_of, note_erasure, prune

RUT = "15482903-2"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_mark_names_nobody_and_is_found_with_the_key(target):
    noted = note_erasure(target, tenant="valle-claro", rut=RUT, at=NOON)
    assert noted.mark == mark_of(key_of(target), "valle-claro", RUT)
    assert [one.mark for one in erasures(target)] == [noted.mark]
    kept = b"".join(b"".join(target.get(name)) + name.encode() for name in target.names("erasures/"))
    assert b"15482903" not in kept


def test_the_last_time_counts_and_municipalities_are_apart(target):
    note_erasure(target, tenant="valle-claro", rut=RUT, at=NOON)
    note_erasure(target, tenant="valle-claro", rut=RUT, at=NOON + timedelta(hours=1))
    note_erasure(target, tenant="punta-brava", rut=RUT, at=NOON)
    assert sorted(one.at for one in erasures(target)) == [NOON, NOON + timedelta(hours=1)]


def test_who_is_in_no_backup_any_more_is_forgotten(target, catalogue, make):
    note_erasure(target, tenant="valle-claro", rut=RUT, at=NOON)
    note_erasure(target, tenant="valle-claro", rut="12345678-5", at=NOON + timedelta(days=2))
    assert prune(target) == 0  # no backup yet: the next one may be of before
    make(moment=NOON - timedelta(days=1))
    assert prune(target) == 0
    make(moment=NOON + timedelta(days=1))
    for name in catalogue.names()[1:]:
        catalogue.remove(name)
    assert prune(target) == 1
    assert len(list(erasures(target))) == 1
    catalogue.sweep()
    assert len(list(erasures(target))) == 1  # sweeping backups does not touch them
