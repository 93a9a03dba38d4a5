"""Every event example of the contracts, as the consumer gets it."""

from pathlib import Path

import pytest
import yaml
from munbot_common.ids import uuid7
from munbot_contracts import EVENT_TYPES
from munbot_contracts.envelope import AnyEvent
from munbot_notifications.notices.rules import HEARD, told_of
from munbot_notifications.sending.service import ForCitizen, ForDigest, ForOfficials
from munbot_notifications.templates.builtin import templates
from munbot_notifications.texts import words

URL = "https://municipio.example/"
FOLLOW = "https://municipio.example/t/valle-claro/reclamo"
COMPLAINT = "https://municipio.example/panel/reclamos/REC-2026-000123-K"
CONVERSATION = "https://municipio.example/panel/conversaciones/019358ef-0000-7000-8000-000000000001"


def event(kind, **changes):
    example = EVENT_TYPES[kind].model_config["json_schema_extra"]["examples"][0]
    return AnyEvent.model_validate(
        {
            "id": uuid7(),
            "source": "/munbot/test",
            "type": kind,
            "subject": "x",
            "time": "2026-11-23T12:00:00Z",
            "tenant": "valle-claro",
            "correlationid": "c",
            "data": {**example, **changes},
        }
    )


@pytest.mark.parametrize("kind", HEARD)
def test_each_event_brings_the_data_that_its_templates_want(kind):
    told = told_of(event(kind, changed_by="agent"), URL)
    assert told is not None
    for telling in told[1]:
        if isinstance(telling, ForDigest):
            assert telling.kind in words()["digest"]
        else:
            assert set(telling.data) >= set(templates()[telling.purpose].example)


def purposes(told):
    return [telling.purpose for telling in told[1] if not isinstance(telling, ForDigest)] if told else []


def test_a_booking_is_told_with_its_local_time():
    about, tellings = told_of(event("munbot.appointment.booked.v1"), URL)
    assert tellings[0].data["when"] == "martes 24 de noviembre a las 10:15 horas"
    assert about.expires_at.isoformat() == "2026-11-24T10:15:00-03:00"
    assert about.subject_id == "019358f1-0000-7000-8000-000000000001"


def test_a_move_tells_the_old_time_too():
    _, tellings = told_of(event("munbot.appointment.rescheduled.v1"), URL)
    assert tellings[0].data["previous"] == "lunes 23 de noviembre a las 10:15 horas"


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("munbot.complaint.status_changed.v1", {"changed_by": "agent"}, ["complaint_status"]),
        ("munbot.complaint.status_changed.v1", {"changed_by": "visitor"}, []),
        ("munbot.complaint.commented.v1", {"public": True, "author": "agent"}, ["complaint_comment"]),
        ("munbot.complaint.commented.v1", {"public": False, "author": "agent"}, []),
        ("munbot.complaint.commented.v1", {"public": True, "author": "visitor"}, []),
        ("munbot.complaint.reopened.v1", {"changed_by": "visitor"}, ["unit_complaint_reopened"]),
        ("munbot.complaint.created.v1", {}, ["complaint_created", "unit_complaint_created"]),
        ("munbot.complaint.overdue.v1", {}, ["unit_complaint_overdue"]),
        ("munbot.conversation.handoff_requested.v1", {}, ["handoff_requested"]),
        ("munbot.appointment.attended.v1", {}, []),
    ],
)
def test_who_is_told_of_what(kind, changes, expected):
    assert purposes(told_of(event(kind, **changes), URL)) == expected


def test_news_that_the_hub_tells_in_the_conversation_do_not_come_by_whatsapp_again():
    for kind in HEARD:
        told = told_of(event(kind, changed_by="agent"), URL)
        for telling in told[1]:
            if isinstance(telling, ForCitizen) and telling.purpose != "appointment_reminder":
                assert "whatsapp" not in templates()[telling.purpose].channels


def test_a_unit_hears_of_its_own_complaints():
    _, tellings = told_of(event("munbot.complaint.created.v1"), URL)
    unit = next(telling for telling in tellings if isinstance(telling, ForOfficials))
    assert unit.unit == "Dirección de Aseo y Ornato"
    assert "Marcela" not in str(unit.data)


@pytest.mark.parametrize(
    ("kind", "links"),
    [
        ("munbot.complaint.created.v1", {"home_url": FOLLOW, "panel_url": COMPLAINT}),
        ("munbot.complaint.overdue.v1", {"panel_url": COMPLAINT}),
        ("munbot.complaint.reopened.v1", {"home_url": FOLLOW, "panel_url": COMPLAINT}),
        ("munbot.complaint.status_changed.v1", {"home_url": FOLLOW}),
        ("munbot.complaint.commented.v1", {"home_url": FOLLOW}),
        ("munbot.appointment.cancelled.v1", {"home_url": "https://municipio.example/t/valle-claro/"}),
        ("munbot.conversation.handoff_requested.v1", {"panel_url": CONVERSATION}),
    ],
)
def test_where_the_links_lead(kind, links):
    """The panel finds a complaint by its folio, and a citizen theirs on their own municipality's page."""
    _, tellings = told_of(event(kind, changed_by="agent", author="agent", public=True), URL)
    told = {}
    for telling in tellings:
        if not isinstance(telling, ForDigest):
            told |= {name: telling.data[name] for name in ("home_url", "panel_url") if name in telling.data}
    assert told == links


def test_citizens_read_the_words_that_the_chat_and_the_complaint_s_page_use():
    ours = words()["statuses"]
    assert ours == {name: word[0].lower() + word[1:] for name, word in complaints_words()["statuses"].items()}


def complaints_words():
    path = Path(__file__).parents[3] / "complaints-api/src/munbot_complaints/resources/es.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(templates()))
def test_an_hour_is_anulada_as_in_the_chat_and_never_cancelada(name):
    template = templates()[name]
    said = [template.title, *template.words.model_dump().values(), str(words()["digest"])]
    assert "cancela" not in " ".join(said).lower()


@pytest.mark.parametrize("kind", [kind for kind in HEARD if ".complaint." in kind])
def test_imported_complaints_tell_nobody_of_last_year_but_what_is_written_to_the_citizen(kind):
    """Importing ten thousand complaints, and closing them in one go, must not write to ten thousand people."""
    written = {"public": True, "author": "agent", "changed_by": "agent"}
    told = told_of(event(kind, channel="import", **written), URL)
    if kind == "munbot.complaint.commented.v1":
        assert purposes(told) == ["complaint_comment"]
    else:
        assert told is None
    assert told_of(event(kind, channel="web", **written), URL) is not None
