"""What is written of collections and buckets, without servers."""

import bson
import pytest
from munbot_datalake.backup.problems import BackupUnusable
from munbot_datalake.backup.stores.mongo import _packed, documents_in
from munbot_datalake.backup.stores.objects import Version, summary

DOCUMENTS = [bson.encode({"_id": number, "text": "ñ" * number}) for number in range(300)]


def pieces(data, size):
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("size", [1, 7, 1000, 10**7])
def test_documents_come_back_however_the_file_is_cut(size):
    packed = b"".join(_packed(DOCUMENTS))
    assert list(documents_in(pieces(packed, size))) == DOCUMENTS


def test_an_empty_collection_is_a_file_too():
    assert list(documents_in(_packed([]))) == []


@pytest.mark.parametrize("cut", [1, 9, 200])
def test_a_file_that_was_cut_off_is_refused(cut):
    packed = b"".join(_packed(DOCUMENTS))
    with pytest.raises(BackupUnusable):
        list(documents_in([packed[:-cut]]))


def test_half_a_document_is_refused():
    with pytest.raises(BackupUnusable, match="middle of a document"):
        list(documents_in(_packed([DOCUMENTS[5][:-2]])))


def test_the_same_documents_give_the_same_file():
    assert b"".join(_packed(DOCUMENTS)) == b"".join(_packed(DOCUMENTS))


def test_a_bucket_is_told_apart_by_content_deletion_and_order_of_versions():
    old, new = Version(key="a", size=1, sha256="11"), Version(key="a", size=1, sha256="22")
    gone, other = Version(key="a", deleted=True), Version(key="b", size=1, sha256="11")
    orders = [[old, new], [new, old], [old], [old, gone], [gone, old], [old, other], [other]]
    assert len({summary(versions).checksum for versions in orders}) == len(orders)
    assert summary([other, old]).checksum == summary([old, other]).checksum
    # Within one second nobody can tell between which contents it was deleted.
    assert summary([gone, old, new]).checksum == summary([old, gone, new]).checksum
    counted = summary([old, new, gone, other])
    assert (counted.keys, counted.versions, counted.delete_markers, counted.size) == (1, 3, 1, 3)
