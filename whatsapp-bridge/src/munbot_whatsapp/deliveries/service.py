"""Queueing what is to be sent."""

from uuid import UUID

from munbot_common.clock import utc_now
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.deliveries.contents import Content
from munbot_whatsapp.deliveries.models import Delivery, Part
from munbot_whatsapp.deliveries.rendering import Looks, render
from munbot_whatsapp.deliveries.states import give_up


def queue(
    session: Session,
    account: AccountRow,
    *,
    message_id: UUID,
    address: str,
    content: Content,
    correlation_id: str,
    looks: Looks,
    conversation_id: UUID | None = None,
    origin: str = "conversation",
    as_template: bool = False,
) -> bool:
    """Queue a message once, in the caller's transaction; False when it was queued before.

    The lane's row is locked until the commit, so that the parts of one citizen are numbered in the order in which they
    become visible to the senders.

    Args:
        session: the transaction.
        account: whose number sends it.
        message_id: its id everywhere.
        address: the citizen's.
        content: what it says.
        correlation_id: of what it answers.
        looks: the provider: how long a text may be, and whether it shows buttons.
        conversation_id: of the hub.
        origin: `office` when it is not an answer; such are not sent to who has opted out.
        as_template: send the content's template and not its words.
    """
    lane = insert(Citizen).values(
        account_id=account.id, address=address, tenant_id=account.tenant_id, due_at=func.now()
    )
    session.execute(
        lane.on_conflict_do_update(
            index_elements=[Citizen.account_id, Citizen.address],
            set_={"due_at": func.coalesce(Citizen.due_at, func.now())},
        )
    )
    row = insert(Delivery).values(
        id=message_id,
        tenant_id=account.tenant_id,
        account_id=account.id,
        address=address,
        conversation_id=conversation_id,
        origin=origin,
        content=content.model_dump(mode="json", exclude_defaults=True),
        correlation_id=correlation_id,
    )
    if session.execute(row.on_conflict_do_nothing().returning(Delivery.id)).first() is None:
        return False
    bodies = render(content, looks, as_template=as_template)
    if not bodies:
        give_up(session, session.get_one(Delivery, message_id), "empty", at=utc_now())
    for number, body in enumerate(bodies):
        part = Part(delivery_id=message_id, number=number, account_id=account.id, address=address, body=body.dump())
        session.add(part)
        session.flush()  # one by one: `position` is given out in this order
    return True
