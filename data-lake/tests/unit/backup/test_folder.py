"""A folder as a target."""

import pytest
from munbot_datalake.backup.problems import BackupError, BackupUnusable
from munbot_datalake.backup.targets.base import blob_name
from munbot_datalake.backup.targets.folder import FolderTarget


def test_only_their_owner_reads_backups(target):
    target.put("a/b", [b"x"])
    assert (target.root / "a" / "b").stat().st_mode & 0o077 == 0
    assert target.root.stat().st_mode & 0o077 == 0


def test_the_same_contents_are_kept_once(target):
    first, new = target.put_blob([b"ab", b"c"])
    assert new
    assert target.put_blob([b"a", b"bc"]) == (first, False)
    assert list(target.names("blobs/")) == [blob_name(first.sha256)]


def test_what_is_not_written_to_its_end_is_not_there(target):
    def breaks_off():
        yield b"half"
        raise ValueError

    with pytest.raises(ValueError):
        target.put("a", breaks_off())
    with pytest.raises(ValueError):
        target.put_blob(breaks_off())
    assert list(target.root.rglob("*")) == []


def test_contents_that_were_cut_off_are_written_again(target):
    part, _ = target.put_blob([b"whole"])
    (target.root / blob_name(part.sha256)).write_bytes(b"who")
    assert target.put_blob([b"whole"]) == (part, True)


def test_a_missing_file_is_named(target):
    with pytest.raises(BackupUnusable, match="nothing"):
        list(target.get("nothing"))
    assert target.size("nothing") is None


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupError, match="cannot be made"):
        FolderTarget(str(tmp_path / "file"), "demo")
