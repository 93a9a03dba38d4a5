"""What a citizen books in the chat comes to their mailbox once, with the hour for their calendar."""

import pytest
from e2e_support import Visitor, until
from mail_support import Mailbox, MailedBooking, check_one_mail, states_of
from processes import Processes

pytestmark = pytest.mark.platform
# Mails that answer what a citizen has just done know no quiet hours: all this holds at night, too.


@pytest.fixture
def book(platform, service, bookings_of):
    """Callable: book an hour in a chat of its own and give the appointment; all are cancelled in the end."""
    wishes = []

    def make():
        wish = MailedBooking(Visitor(platform.base_url))
        wishes.append(wish)
        wish.finish(wish.start(wish.visitor.say), wish.visitor.say)
        (made,) = bookings_of(wish.rut)
        assert (made["citizen"]["email"], made["conversation_id"]) == (wish.address, wish.visitor.conversation_id)
        return made

    yield make
    for wish in wishes:
        for item in bookings_of(wish.rut):
            service.post(f"/api/scheduler/v1/appointments/{item['id']}/cancel", json={"reason": "e2e"})


@pytest.fixture
def processes():
    found = Processes.of_platform()
    if isinstance(found, str):
        pytest.skip(found)
    return found


def test_an_hour_booked_in_the_chat_comes_by_mail(platform, admin, book):
    check_one_mail(admin, book(), Mailbox(platform.base_url))


def test_hours_booked_while_the_mail_server_is_away_come_by_mail_afterwards(platform, admin, book, processes):
    processes.stop("mailpit")
    try:
        made = [book() for _ in range(3)]
        for appointment in made:
            until(lambda one=appointment: states_of(admin, one) == ["queued"], "a mail that waits")
    finally:
        processes.start("mailpit")
    mailbox = Mailbox(platform.base_url)
    for appointment in made:
        check_one_mail(admin, appointment, mailbox)
