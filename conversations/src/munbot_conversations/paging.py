"""Cursors: where a page of a list ended, opaque to the client."""

import base64
import binascii
import json
from datetime import datetime
from uuid import UUID

from munbot_common.problems import Unprocessable


class CursorInvalid(Unprocessable):
    """The cursor is not one of ours."""

    code = "cursor_invalid"
    title = "El cursor de página no es válido"


def encode(position: object, row_id: UUID) -> str:
    """Return the cursor of a row: what the list is sorted by, and its id."""
    text = position.isoformat() if isinstance(position, datetime) else position
    return base64.urlsafe_b64encode(json.dumps([text, str(row_id)]).encode()).decode().rstrip("=")


def decode_time(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return the time and id of a cursor.

    Raises:
        CursorInvalid: it is not one of ours.
    """
    if cursor is None:
        return None
    try:
        position, row_id = _parts(cursor)
        moment = datetime.fromisoformat(str(position))
        if moment.tzinfo is None:
            raise CursorInvalid
        return moment, UUID(row_id)
    except (ValueError, TypeError) as error:
        raise CursorInvalid from error


def decode_number(cursor: str | None) -> tuple[int, UUID] | None:
    """Return the number and id of a cursor.

    Raises:
        CursorInvalid: it is not one of ours.
    """
    if cursor is None:
        return None
    try:
        position, row_id = _parts(cursor)
        number = int(str(position))
        if not 0 <= number < 2**31:
            raise CursorInvalid
        return number, UUID(row_id)
    except (ValueError, TypeError) as error:
        raise CursorInvalid from error


def _parts(cursor: str) -> tuple[object, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        loaded = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError) as error:
        raise CursorInvalid from error
    if not (isinstance(loaded, list) and len(loaded) == 2 and isinstance(loaded[1], str)):
        raise CursorInvalid
    return loaded[0], loaded[1]
