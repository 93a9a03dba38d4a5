"""Removing objects for good from a store that keeps versions."""

from typing import Any


def remove_for_good(client: Any, bucket: str, key: str) -> int:
    """Remove an object with all its versions and delete marks; returns how many there were.

    Args:
        client: a `minio.Minio`.
        bucket: where.
        key: which.
    """
    found = [
        item
        for item in client.list_objects(bucket, prefix=key, recursive=True, include_version=True)
        if item.object_name == key
    ]
    for item in found:
        client.remove_object(bucket, key, version_id=item.version_id)
    return len(found)
