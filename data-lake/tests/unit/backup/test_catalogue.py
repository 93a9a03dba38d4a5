"""A backup that is not whole is refused; what nobody names goes."""

import os
import time
from datetime import UTC, datetime

import pytest
from munbot_datalake.backup.problems import BackupUnusable
from munbot_datalake.backup.targets.base import blob_name

LATER = datetime(2026, 11, 22, 6, tzinfo=UTC)


def path_of(target, name):
    return target.root / name


def test_a_whole_backup_is_read_to_its_end(catalogue, make):
    assert catalogue.verify(make()) == 4


def test_the_newest_is_the_latest(catalogue, make):
    make()
    newest = make(LATER)
    assert catalogue.read("latest") == newest
    assert catalogue.names() == ["2026-11-22T060000Z", "2026-11-21T060000Z"]


@pytest.mark.parametrize("name", ["2026-11-20T060000Z", "../demo", "x", ""])
def test_a_name_that_is_none_is_refused(catalogue, make, name):
    make()
    with pytest.raises(BackupUnusable, match="no whole backup"):
        catalogue.read(name)


def test_without_a_manifest_it_is_no_backup(catalogue, make, target):
    manifest = make()
    target.remove(f"{manifest.name}/manifest.json")
    assert catalogue.names() == []
    with pytest.raises(BackupUnusable, match="no backup yet"):
        catalogue.read("latest")


@pytest.mark.parametrize("part", ["postgres/a.dump", "objects/b.jsonl.gz"])
def test_a_part_that_was_cut_off_is_refused(catalogue, make, target, part):
    manifest = make()
    path = path_of(target, f"{manifest.name}/{part}")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BackupUnusable, match=r"cut off or altered"):
        catalogue.verify(manifest)


def test_a_part_with_another_byte_is_refused(catalogue, make, target):
    manifest = make()
    path = path_of(target, f"{manifest.name}/postgres/a.dump")
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(BackupUnusable, match="was altered"):
        catalogue.verify(manifest)


def test_an_object_with_other_content_is_refused(catalogue, make, target):
    manifest = make()
    name = next(iter(catalogue.blobs(manifest)))
    path_of(target, name).write_bytes(b"own")  # as many bytes
    with pytest.raises(BackupUnusable, match="was altered"):
        catalogue.verify(manifest)


def test_an_object_that_is_missing_is_refused(catalogue, make, target):
    manifest = make()
    target.remove(next(iter(catalogue.blobs(manifest))))
    with pytest.raises(BackupUnusable, match="cannot be read"):
        catalogue.verify(manifest)


def test_a_manifest_of_another_backup_is_refused(catalogue, make, target):
    first, second = make(), make(LATER)
    target.put(f"{second.name}/manifest.json", target.get(f"{first.name}/manifest.json"))
    with pytest.raises(BackupUnusable, match="its manifest is of"):
        catalogue.read(second.name)


def age(target, *contents):
    for name in contents:
        os.utime(path_of(target, name), (time.time() - 90_000,) * 2)


def test_tidying_removes_what_no_backup_names(catalogue, make, target):
    old = make(contents=(b"shared", b"only the old one"))
    young = make(LATER, contents=(b"shared", b"only the new one"))
    age(target, *catalogue.blobs(old), *catalogue.blobs(young))
    gone = set(catalogue.blobs(old)) - set(catalogue.blobs(young))
    catalogue.remove(old.name)
    catalogue.sweep()
    assert not list(target.names(f"{old.name}/"))
    assert catalogue.verify(young) == 4
    assert len(gone) == 1
    assert target.size(gone.pop()) is None


def test_tidying_removes_what_was_left_half_made(catalogue, make, target):
    manifest = make()
    target.put("2026-11-20T060000Z/postgres/a.dump", [b"half"])
    target.put("drills/2026-11-20T060000Z.json", [b"{}"])
    catalogue.sweep()
    assert not list(target.names("2026-11-20T060000Z/"))
    assert list(target.names("drills/"))
    assert catalogue.verify(manifest) == 4


def test_tidying_leaves_young_contents_and_stops_at_what_it_cannot_read(catalogue, make, target):
    part, _ = target.put_blob([b"of a backup that is being made elsewhere"])
    manifest = make()
    catalogue.sweep()
    assert target.size(blob_name(part.sha256)) == part.size
    age(target, blob_name(part.sha256))
    path = path_of(target, f"{manifest.name}/objects/b.jsonl.gz")
    path.write_bytes(path.read_bytes()[:-3])
    catalogue.sweep()
    assert target.size(blob_name(part.sha256)) == part.size
