"""What follows from a message that was not sent, whether the provider said so at once or in a status afterwards."""

from datetime import datetime, timedelta

from munbot_common.logs import get_logger
from sqlalchemy.orm import Session

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.deliveries.contents import Body, Content
from munbot_whatsapp.deliveries.metrics import ACCOUNTS_STOPPED
from munbot_whatsapp.deliveries.models import Delivery, Part
from munbot_whatsapp.deliveries.rendering import template_of
from munbot_whatsapp.deliveries.states import clean_code, drop_others, give_up
from munbot_whatsapp.providers.base import Decision, SendFailed

log = get_logger("deliveries")


def decide(
    session: Session, account: AccountRow, part: Part, error: SendFailed, *, pause: float, now: datetime
) -> None:
    """Do what an answer of the provider asks for: to a part that is being sent, or that is to be sent anew.

    Args:
        session: a transaction that has the lane locked.
        account: the part's.
        part: what was not sent.
        error: what the provider said.
        pause: seconds until it may be tried again, if it may.
        now: the present moment.
    """
    delivery = session.get_one(Delivery, part.delivery_id)
    code = clean_code(error.code)
    account.last_error_code, account.last_error_at = code, now
    part.error_code = code
    if error.decision == Decision.WINDOW_CLOSED and _fall_back(session, delivery, part, now):
        return
    if error.decision in (Decision.PERMANENT, Decision.WINDOW_CLOSED):
        give_up(session, delivery, code, at=now, part=part)
        return
    until = now + timedelta(seconds=pause)
    if error.decision == Decision.STOP:
        account.stopped_reason = code
        ACCOUNTS_STOPPED.labels(account.slug, code).inc()
        log.error("account_stopped", account=account.slug, code=code)
    else:
        part.next_attempt_at = until
    if error.decision == Decision.WAIT_ACCOUNT:
        account.paused_until = until
    if not error.uncertain:
        part.state = "queued"


def send_anew(part: Part) -> None:
    """Let a part that the provider took, and then refused, be sent under another reference: the old one has failed."""
    body = Body.model_validate(part.body)
    part.body = body.model_copy(update={"generation": body.generation + 1}).dump()
    part.state = part.status = "queued"
    part.provider_message_id = part.sending_since = None


def _fall_back(session: Session, delivery: Delivery, part: Part, now: datetime) -> bool:
    """Let a delivery go as its template, in the place of `part`; False when it has none, or when it went as one."""
    content = Content.model_validate(delivery.content)
    body = Body.model_validate(part.body)
    if content.template is None or body.template is not None:
        return False
    part.body = template_of(content, generation=body.generation + 1).dump()
    part.state = part.status = "queued"
    part.provider_message_id = part.sending_since = part.error_code = None
    part.next_attempt_at = now
    drop_others(session, delivery, part)
    return True
