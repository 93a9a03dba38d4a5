from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_notifications.sending.rules import LONGEST_PAUSE, Contact, held_until, pause, quiet_end, route
from munbot_notifications.templates.builtin import templates

SANTIAGO = "America/Santiago"
NIGHT = (time(21), time(8))
CONTACT = Contact.of(rut="15482903-2", email="Marcela@Correo.CL", phone="+56987654321")
BOOKED, REMINDER = templates()["appointment_booked"], templates()["appointment_reminder"]


def santiago(*parts):
    return datetime(*parts, tzinfo=ZoneInfo(SANTIAGO))


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (santiago(2026, 11, 23, 20, 59), None),
        (santiago(2026, 11, 23, 21, 0), santiago(2026, 11, 24, 8)),
        (santiago(2026, 11, 24, 0, 30), santiago(2026, 11, 24, 8)),
        (santiago(2026, 11, 24, 7, 59), santiago(2026, 11, 24, 8)),
        (santiago(2026, 11, 24, 8, 0), None),
        (santiago(2026, 4, 4, 22, 0), santiago(2026, 4, 5, 8)),  # the night in which the clock goes back
        (santiago(2026, 9, 5, 23, 30), santiago(2026, 9, 6, 8)),  # and the one in which it goes forward
    ],
)
def test_quiet_hours_are_local_and_last_over_midnight(now, end):
    found = quiet_end(now.astimezone(UTC), SANTIAGO, *NIGHT)
    assert found == end


def test_quiet_hours_can_lie_within_a_day_or_be_none():
    assert quiet_end(santiago(2026, 11, 23, 14, 30), SANTIAGO, time(14), time(15)) == santiago(2026, 11, 23, 15)
    assert quiet_end(santiago(2026, 11, 23, 3), SANTIAGO, time(0), time(0)) is None


@given(st.integers(min_value=1_577_836_800, max_value=2_051_222_400))
def test_the_end_of_quiet_hours_is_never_quiet_and_comes_within_a_night(second):
    now = datetime.fromtimestamp(second, UTC)
    end = quiet_end(now, SANTIAGO, *NIGHT)
    if end is not None:
        assert now < end <= now + timedelta(hours=12)
        assert quiet_end(end, SANTIAGO, *NIGHT) is None


@pytest.mark.parametrize(
    ("template", "channel", "expires_hours", "held"),
    [
        (REMINDER, "whatsapp", None, True),
        (REMINDER, "email", 20, True),
        (REMINDER, "whatsapp", 10.2, False),  # at 08:00 the hour is 12 minutes away: better at night than too late
        (BOOKED, "email", None, False),  # an answer to what they have just done
        (BOOKED, "sms", None, True),  # which rings
        (templates()["unit_complaint_created"], "email", None, False),
    ],
)
def test_who_is_left_alone_in_quiet_hours(template, channel, expires_hours, held):
    now = santiago(2026, 11, 23, 22)
    quiet = quiet_end(now, SANTIAGO, *NIGHT)
    expires = now + timedelta(hours=expires_hours) if expires_hours else None
    assert held_until(now, template, channel, quiet=quiet, expires_at=expires) == (quiet if held else None)


def test_pauses_grow_to_a_cap():
    lengths = [pause(attempt, spread=0) for attempt in range(1, 40)]
    assert lengths[:3] == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40)]
    assert lengths == sorted(lengths)
    assert lengths[-1] == LONGEST_PAUSE
    assert pause(3, spread=1) == timedelta(seconds=48)


def channels(way):
    return [place["channel"] for place in way]


def test_a_route_follows_the_kind_and_the_contact():
    assert channels(route(CONTACT, REMINDER.channels)) == ["whatsapp", "email", "sms"]
    assert channels(route(CONTACT, REMINDER.channels, wanted=["sms", "email"])) == ["sms", "email"]
    assert channels(route(CONTACT, BOOKED.channels, wanted=["whatsapp"])) == []
    assert channels(route(CONTACT, REMINDER.channels, refused=frozenset({("email", "marcela@correo.cl")}))) == [
        "whatsapp",
        "sms",
    ]
    assert route(Contact.of(rut="1-9"), REMINDER.channels) == []
    assert route(CONTACT, ["email"]) == [{"channel": "email", "address": "marcela@correo.cl"}]


def test_a_contact_is_named_by_the_first_thing_known():
    assert Contact.of(email=" A@B.cl ").key == "email:a@b.cl"
    assert Contact.of(phone="+56987654321").key == "phone:+56987654321"
    with pytest.raises(ValueError, match="without"):
        Contact.of()
