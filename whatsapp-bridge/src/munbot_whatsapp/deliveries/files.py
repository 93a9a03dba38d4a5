"""Files that we send, from the object store."""

from minio import Minio
from minio.error import S3Error

from munbot_whatsapp.deliveries.contents import StoredMedia
from munbot_whatsapp.providers.base import Decision, OutboundMedia, SendFailed


class StoredFiles:
    """Reads files whole: the hub lets nothing in that WhatsApp would not take."""

    def __init__(self, client: Minio) -> None:
        self._client = client

    def __call__(self, stored: StoredMedia) -> OutboundMedia:
        """Return a file with its bytes.

        Raises:
            SendFailed: it is not there, or cannot be had now.
        """
        media = stored.media
        try:
            answer = self._client.get_object(media.bucket, media.key)
            try:
                data = answer.read()
            finally:
                answer.close()
                answer.release_conn()
        except S3Error as error:
            gone = error.code in ("NoSuchKey", "NoSuchBucket")
            raise SendFailed(Decision.PERMANENT if gone else Decision.RETRY, f"media_{error.code}") from error
        except Exception as error:  # urllib3's, of which minio lets all through
            raise SendFailed(Decision.RETRY, "media_unavailable") from error
        return OutboundMedia(stored.kind, media.content_type, data, filename=media.filename)
