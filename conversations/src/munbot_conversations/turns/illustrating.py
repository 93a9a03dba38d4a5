"""Pictures of replies: a file of the message where it is one of ours, else its address in words."""

from collections.abc import Sequence
from dataclasses import replace

from munbot_common.logs import get_logger

from munbot_conversations.files.pictures import PictureMissing, Pictures, PicturesAway
from munbot_conversations.turns.answers import Bubble
from munbot_conversations.turns.repository import Turn

log = get_logger("turns.pictures")


def illustrated(turn: Turn, bubbles: Sequence[Bubble], pictures: Pictures | None) -> list[Bubble]:
    """Return the bubbles with their pictures. No transaction is open meanwhile: it asks another service.

    A picture of ours that does not exist is left out where there are words: its address would show a grey square.
    What cannot be had now, and pictures of others, are addresses in words.

    Args:
        turn: the message that is answered; it names the files, so that a second try replaces them.
        bubbles: what the dialogue says.
        pictures: finds them; None: there is nowhere to find them.
    """
    return [_illustrated(turn, place, bubble, pictures) for place, bubble in enumerate(bubbles)]


def _illustrated(turn: Turn, place: int, bubble: Bubble, pictures: Pictures | None) -> Bubble:
    reply = bubble.reply
    if reply.image is None or pictures is None:
        return bubble
    addressed = replace(bubble, reply=replace(reply, image=pictures.address(reply.image)))
    if not pictures.is_ours(reply.image):
        return addressed
    try:
        stored = pictures.store(reply.image, f"conversations/{turn.tenant}/{turn.message_id}-{place}")
    except PictureMissing:
        log.warning("picture_missing", message_id=str(turn.message_id))
        return replace(bubble, reply=replace(reply, image=None)) if reply.text else addressed
    except PicturesAway as error:
        log.warning("pictures_away", kind=type(error.__cause__).__name__)
        return addressed
    return replace(bubble, reply=replace(reply, image=None), media=stored)
