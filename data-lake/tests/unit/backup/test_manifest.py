"""A manifest is what was written, or it is refused."""

import json

import pytest
from munbot_datalake.backup.manifest import dump_manifest, load_manifest
from munbot_datalake.backup.problems import BackupUnusable


@pytest.fixture
def written(make):
    return dump_manifest(make())


def test_it_comes_back_as_it_was(make):
    manifest = make()
    assert load_manifest(dump_manifest(manifest)) == manifest


@pytest.mark.parametrize("share", [0, 0.3, 0.9, 0.999])
def test_a_manifest_that_was_cut_off_is_refused(written, share):
    with pytest.raises(BackupUnusable):
        load_manifest(written[: int(len(written) * share)])


def test_a_manifest_with_another_number_is_refused(written):
    content = json.loads(written)
    content["parts"]["postgres/a.dump"]["size"] += 1
    with pytest.raises(BackupUnusable, match="altered"):
        load_manifest(json.dumps(content).encode())


def test_a_later_format_is_refused_before_it_is_read(written):
    content = json.loads(written) | {"format": 2}
    with pytest.raises(BackupUnusable, match="format 2"):
        load_manifest(json.dumps(content).encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{}", b'{"checksum": "x"}', b"\xff\xfe"])
def test_what_is_no_manifest_is_refused(content):
    with pytest.raises(BackupUnusable):
        load_manifest(content)
