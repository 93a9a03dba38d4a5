"""What the hub's audit log is told of pictures, before it is done."""

from typing import Any

from munbot_common.audit import AuditBook
from munbot_common.auth import Principal

from munbot_datalake.images.models import Picture

_ID_MAX = 100
"""Characters of an id in the log. A catalogue and a name may be longer together, so they stand by themselves, too."""


def note_change(audit: AuditBook, who: Principal, before: Picture | None, after: Picture | None) -> None:
    """Note that a picture is about to be kept, or removed (`after` is None).

    Raises:
        AuditAway: it could not be noted.
    """
    picture = after or before
    if picture is None:
        return
    was, now = _facts(before), _facts(after)
    if was and now:
        was = {name: value for name, value in was.items() if value != now[name]}
    audit.note(
        who,
        action="image.stored" if after else "image.removed",
        object_type="image",
        object_id=f"{picture.catalogue}/{picture.name}"[:_ID_MAX],
        before=was,
        after=now,
    )


def _facts(picture: Picture | None) -> dict[str, Any] | None:
    if picture is None:
        return None
    return {
        "catalogue": picture.catalogue,
        "name": picture.name,
        "size": picture.bytes,
        "media_type": picture.content_type,
        "sha256": picture.sha256,
    }
