"""Twenty people want one hour: as many get it as there are seats, and the others are told what else is free."""

import secrets

import httpx
import pytest
from e2e_support import new_rut, problem_of, together

pytestmark = pytest.mark.platform


def _wish(slot, rut):
    return {
        "procedure_id": slot["procedure_id"],
        "office_id": slot["office_id"],
        "start": slot["start"],
        "citizen": {"rut": rut, "name": "Marcela Soto"},
        "channel": "web",
    }


@pytest.fixture
def booked(service):
    """Appointment ids to cancel afterwards."""
    ids: list[str] = []
    yield ids
    for appointment in ids:
        service.post(f"/api/scheduler/v1/appointments/{appointment}/cancel", json={"reason": "e2e"})


def test_exactly_the_capacity_is_booked(platform, service, untouched_slot, booked):
    def book(_):
        with httpx.Client(base_url=platform.base_url, headers=service.headers, timeout=60) as client:
            return client.post("/api/book-slot", json=_wish(untouched_slot, new_rut()))

    answers = together(20, book)
    won = [answer.json() for answer in answers if answer.status_code == 201]
    booked += [appointment["id"] for appointment in won]
    lost = [answer for answer in answers if answer.status_code != 201]
    assert len(won) == untouched_slot["capacity"], [answer.text for answer in answers]
    assert len({appointment["code"] for appointment in won}) == len(won)
    for answer in lost:
        problem = problem_of(answer)
        assert (answer.status_code, problem["code"]) == (409, "slot_taken")
        starts = [slot["start"] for slot in problem["alternatives"]]
        assert len(starts) == 3
        assert len(set(starts)) == 3
        assert untouched_slot["start"] not in starts


def test_one_key_books_once_however_often_it_comes(platform, service, untouched_slot, booked):
    key, wish = secrets.token_hex(12), _wish(untouched_slot, new_rut())

    def book(_):
        with httpx.Client(base_url=platform.base_url, headers=service.headers, timeout=60) as client:
            return client.post("/api/book-slot", json=wish, headers={"Idempotency-Key": key})

    answers = together(5, book)
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    ids = {answer.json()["id"] for answer in answers}
    booked += ids
    assert len(ids) == 1
    other = service.post("/api/book-slot", json=_wish(untouched_slot, new_rut()), headers={"Idempotency-Key": key})
    assert other.status_code == 422
    assert problem_of(other)["code"] == "idempotency_key_reused"


def test_one_person_books_one_hour_per_procedure(platform, service, untouched_slot, booked, bookings_of):
    rut = new_rut()

    def book(_):
        with httpx.Client(base_url=platform.base_url, headers=service.headers, timeout=60) as client:
            return client.post("/api/book-slot", json=_wish(untouched_slot, rut))

    answers = together(5, book)
    booked += [answer.json()["id"] for answer in answers if answer.status_code == 201]
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201, 409, 409, 409, 409], [answer.text for answer in answers]
    assert len(bookings_of(rut)) == 1
