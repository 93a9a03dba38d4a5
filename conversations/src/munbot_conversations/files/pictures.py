"""Pictures of the office's catalogues that the bot sends: fetched from data-lake and stored like any other file."""

import re
from http import HTTPStatus

import httpx
from munbot_common.logs import get_logger
from munbot_contracts.messages import Media

from munbot_conversations.files.store import FileStore, FileStoreAway
from munbot_conversations.settings import PictureSettings

log = get_logger("pictures")

SENT_WIDTH = 1280
CONTENT_TYPE = "image/jpeg"
"""WhatsApp takes JPEG and PNG as pictures, and WebP only as stickers (Meta, Cloud API, supported media types)."""
_ROUTE = "/imagenes/catalogos"
_NAME = r"[a-z0-9][a-z0-9._-]{0,99}"
_PATH = re.compile(rf"/api{_ROUTE}/({_NAME})/({_NAME})(?:\?.*)?")


class PictureMissing(Exception):
    """There is no such picture."""


class PicturesAway(Exception):
    """It cannot be had or stored now."""


class Pictures:
    """Finds what a reply's `image` names, if that is a picture of ours.

    Args:
        settings: addresses.
        store: where files of messages are kept.
        transport: for tests.
    """

    def __init__(
        self, settings: PictureSettings, store: FileStore, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._public_url = settings.public_url.rstrip("/")
        self._store = store
        self._client = httpx.Client(
            base_url=settings.datalake_url, timeout=settings.picture_timeout_seconds, transport=transport
        )

    def address(self, image: str) -> str:
        """Return an image's address as people can open it."""
        return f"{self._public_url}{image}" if image.startswith("/") else image

    def is_ours(self, image: str) -> bool:
        """Whether an address is one of our pictures'."""
        return self._named(image) is not None

    def store(self, image: str, key: str) -> Media:
        """Fetch a picture and store it for one message; the same key again replaces it.

        Args:
            image: its address; one of ours.
            key: where it is stored, without the ending.

        Raises:
            PictureMissing: there is none.
            PicturesAway: not now.
        """
        named = self._named(image)
        if named is None:
            raise PictureMissing
        catalogue, name = named
        try:
            answer = self._client.get(f"{_ROUTE}/{catalogue}/{name}", params={"w": SENT_WIDTH, "format": "jpeg"})
            if answer.status_code == HTTPStatus.NOT_FOUND:
                raise PictureMissing
            answer.raise_for_status()
            media = Media(
                bucket=self._store.bucket,
                key=f"{key}.jpg",
                content_type=CONTENT_TYPE,
                size=len(answer.content),
                filename=f"{name.partition('.')[0]}.jpg",
            )
            self._store.put(media.key, answer.content, media.content_type)
        except (httpx.HTTPError, FileStoreAway) as error:
            raise PicturesAway from error
        return media

    def close(self) -> None:
        """Close all connections."""
        self._client.close()
        self._store.close()

    def _named(self, image: str) -> tuple[str, str] | None:
        path = image.removeprefix(self._public_url) if image.startswith(f"{self._public_url}/") else image
        found = _PATH.fullmatch(path)
        return (found[1], found[2]) if found else None
