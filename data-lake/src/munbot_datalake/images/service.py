"""Pictures: originals in the store by their content; what was made of them, and is used, on this machine's disk."""

import hashlib
import io
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from minio import Minio
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.ids import uuid7

from munbot_datalake.diskcache import DiskCache
from munbot_datalake.images import processing, repository
from munbot_datalake.images.models import Picture
from munbot_datalake.images.problems import CatalogueTaken, ImageTooLarge
from munbot_datalake.images.rules import CONTENT_TYPES, MAX_BYTES, Wish
from munbot_datalake.texts import say

Note = Callable[[Picture | None, Picture | None], None]
"""Notes a change (before, after) that nothing stands against any more; when it raises, nothing is changed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is answered: content (None: the caller has it), type, entity tag; without a version, the placeholder."""

    content: bytes | None
    content_type: str
    etag: str
    version: str = ""


class Images:
    """All tenants' pictures.

    Args:
        factory: of sessions.
        client: of the object store.
        bucket: the pictures'.
        cache: for results.
        at_once: pictures that are worked on at the same time; each takes its pixels in memory.
    """

    def __init__(
        self, factory: SessionFactory, client: Minio, bucket: str, cache: DiskCache, *, at_once: int = 2
    ) -> None:
        self._factory = factory
        self._client = client
        self._bucket = bucket
        self._cache = cache
        self._workbench = threading.BoundedSemaphore(at_once)

    def save(
        self,
        *,
        tenant: str,
        catalogue: str,
        name: str,
        content: bytes,
        by: str,
        now: datetime,
        note: Note | None = None,
    ) -> Picture:
        """Keep a picture under a name, in the place of what had that name; the same content again changes nothing.

        `note` is called before it is kept, and not when nothing changes.

        Raises:
            CatalogueTaken: the catalogue is another tenant's.
            ImageTooLarge: too many bytes or pixels.
            ImageUnreadable: it is no picture.
        """
        if len(content) > MAX_BYTES:
            raise ImageTooLarge(say("images.bytes", limit=MAX_BYTES // 1024 // 1024))
        with self._workbench:
            form, width, height = processing.examine(content)
        picture = Picture(
            id=uuid7(),
            tenant_id=tenant,
            catalogue=catalogue,
            name=name,
            sha256=hashlib.sha256(content).hexdigest(),
            content_type=CONTENT_TYPES[form],
            width=width,
            height=height,
            bytes=len(content),
            uploaded_at=now,
            uploaded_by=by,
        )
        with unit_of_work(self._factory) as session:
            if repository.owner(session, catalogue) not in {None, tenant}:
                raise CatalogueTaken(say("images.catalogue_taken", catalogue=catalogue))
            before = repository.find(session, catalogue, name)
        if before and before.sha256 == picture.sha256:
            self._store(picture, content)  # once more: a store that lost it has it back
            self._tidy(tenant, picture.sha256)  # unless somebody took the picture's place just now
            return before
        if note:
            note(before, picture)
        return self._keep(picture, content)

    def _keep(self, picture: Picture, content: bytes) -> Picture:
        tenant = picture.tenant_id
        with unit_of_work(self._factory) as session:
            if not repository.claim(session, picture.catalogue, tenant):
                raise CatalogueTaken(say("images.catalogue_taken", catalogue=picture.catalogue))
            before = repository.find(session, picture.catalogue, picture.name)
            self._store(picture, content)
            if before and before.sha256 == picture.sha256:
                return before
            old = before.sha256 if before else None
            repository.put(session, picture)
        self._cache.put(_here(picture), content)
        if old:
            self._tidy(tenant, old)
        return picture

    def _store(self, picture: Picture, content: bytes) -> None:
        key = _original(picture.tenant_id, picture.sha256)
        sink, size = io.BytesIO(content), len(content)
        self._client.put_object(self._bucket, key, sink, size, content_type=picture.content_type)

    def show(self, catalogue: str, name: str, wish: Wish, *, known: str = "") -> Shown:
        """Return a picture as it was asked for, or the placeholder when there is none.

        Args:
            catalogue: its catalogue.
            name: its name.
            wish: size and format.
            known: entity tags that the caller has (If-None-Match); for one of them no content is made.
        """
        with unit_of_work(self._factory) as session:
            picture = repository.find(session, catalogue, name)
        kind = CONTENT_TYPES[wish.format]
        if picture is None:
            return Shown(processing.placeholder(wish), kind, etag="")
        etag = f'"{picture.version}-{wish.label}"'
        content = None if etag in known else self._result(picture, wish)
        return Shown(content, kind, etag, picture.version)

    def remove(self, tenant: str, catalogue: str, name: str, *, note: Note | None = None) -> bool:
        """Forget a picture; False when there is none.

        `note` is called before, and again where another picture took its place meanwhile: what goes is what was noted.
        """
        while True:
            with unit_of_work(self._factory) as session:
                picture = repository.find(session, catalogue, name)
            if picture is None or picture.tenant_id != tenant:
                return False
            if note:
                note(picture, None)
            with unit_of_work(self._factory) as session:
                gone = repository.remove(session, picture)
            if gone:
                self._tidy(tenant, picture.sha256)
                return True

    def _tidy(self, tenant: str, sha256: str) -> None:
        """Delete content that no picture has any more, after the transaction that said so."""
        with unit_of_work(self._factory) as session:
            if repository.uses(session, tenant, sha256):
                return
        self._client.remove_object(self._bucket, _original(tenant, sha256))

    def _result(self, picture: Picture, wish: Wish) -> bytes:
        name = f"{_here(picture)}-{wish.label}"
        if path := self._cache.find(name):
            return path.read_bytes()
        original = self._read(picture)
        with self._workbench:
            content = processing.resize(original, wish)
        self._cache.put(name, content)
        return content

    def _read(self, picture: Picture) -> bytes:
        """Return the original, and keep it here: who asks for one size soon asks for another."""
        name = _here(picture)
        if path := self._cache.find(name):
            return path.read_bytes()
        answer = self._client.get_object(self._bucket, _original(picture.tenant_id, picture.sha256))
        try:
            content = answer.read()
        finally:
            answer.close()
            answer.release_conn()
        self._cache.put(name, content)
        return content


def _here(picture: Picture) -> str:
    return f"{picture.tenant_id}-{picture.sha256}"


def _original(tenant: str, sha256: str) -> str:
    return f"originals/{tenant}/{sha256}"
