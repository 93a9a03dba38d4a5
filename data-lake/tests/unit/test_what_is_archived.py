"""No personal value of any event gets into a row, and what is not known is left out."""

import json
import re
import uuid

import pytest
from lake_events import booked, event_of, examples
from munbot_contracts import EVENT_TYPES
from munbot_contracts.privacy import MARK
from munbot_datalake.archive.files import encode, table_of
from munbot_datalake.archive.pseudonyms import Pseudonyms
from munbot_datalake.archive.rows import row_of
from munbot_datalake.archive.shapes import columns_of, schema_of, view_name
from pydantic import ValidationError

PSEUDONYMS = Pseudonyms("k" * 32)
SECRET = "Marcela 15.482.903-2 +56 9 8765 4321 marcela@correo.cl"
ANYTHING = {"words": {"type": "string"}, "more": {"type": "array", "items": {"type": "string"}}}
"""Members of an object that may have any."""


def text(schema, mark):
    """A person's words, as far as a schema lets them pass."""
    known = {"uuid": str(uuid.uuid4()), "date-time": "2026-11-20T12:00:00Z", "date": "2026-11-20"}
    if schema.get("format") in known:
        return known[schema["format"]]
    if "pattern" in schema:
        return next(word for word in ("word", "two.words") if re.search(schema["pattern"], word))
    return "open" if mark is False else SECRET[: schema.get("maxLength")]


def filled(schema, definitions, mark=None):
    """A value for a schema, as full as it can be: every text that is not marked open holds a person's words."""
    if "$ref" in schema:
        return filled(definitions[schema["$ref"].rpartition("/")[2]], definitions, schema.get(MARK, mark))
    if "anyOf" in schema:
        option = next(one for one in schema["anyOf"] if one.get("type") != "null")
        return filled(option, definitions, schema.get(MARK, mark))
    mark = schema.get(MARK, mark)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: filled(one, definitions) for name, one in schema.get("properties", ANYTHING).items()}
        case "array":
            return [filled(schema["items"], definitions)]
        case "string":
            return text(schema, mark)
        case "number":
            return -33.4489 if mark else 0.5
        case "boolean":
            return True
        case _:
            return 1


@pytest.mark.parametrize("event_type", sorted(EVENT_TYPES))
def test_words_of_a_person_never_get_into_a_row(event_type):
    """Every field is filled, so that optional ones, which no example has, are asked too."""
    schema = EVENT_TYPES[event_type].model_json_schema(mode="serialization")
    data = filled(schema, schema.get("$defs", {}))
    written = json.dumps(row_of(event_of(event_type, data), PSEUDONYMS), ensure_ascii=False)
    for part in (SECRET, "Marcela", "15.482.903", "15482903", "87654321", "8765 4321", "correo.cl", "-33.4489"):
        assert part not in written


def personal_values(data):
    """What the examples say about people, told by the names of fields, not by the marks that are tested."""
    names = {"rut", "name", "phone", "email", "text", "address", "recipient", "code", "reason", "title", "payload"}
    names |= {"question", "filename", "key", "transcript", "summary", "provider_message_id", "latitude", "longitude"}

    def walk(value, of_person, name=""):
        if isinstance(value, dict):
            for key, inner in value.items():
                people = key in {"citizen", "sender", "recipient"} or (of_person and key not in {"procedure", "office"})
                yield from walk(inner, people, key)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner, of_person, name)
        elif name in {"rut", "phone", "email", "text", "recipient", "title", "payload", "transcript", "summary"} or (
            of_person and name in names
        ):
            yield value

    return {str(value) for value in walk(data, of_person=False) if value}


def test_the_examples_hold_personal_values_to_look_for():
    found = set().union(*(personal_values(data) for _, data in examples()))
    assert {"15482903-2", "Marcela Soto", "+56987654321", "Visita el jueves."} <= found


@pytest.mark.parametrize(("event_type", "data"), list(examples()))
def test_no_personal_value_of_an_example_gets_into_a_file(event_type, data):
    row = row_of(event_of(event_type, data), PSEUDONYMS)
    table = table_of(event_type, [row])
    content = "\n".join(str(value) for values in table.to_pydict().values() for value in values)
    for value in personal_values(data):
        assert value not in content
    assert encode(table)


def test_an_unknown_field_is_left_out_and_an_unknown_type_refused():
    event = booked()
    event.data["added_later"] = "Marcela Soto"
    assert "added_later" not in row_of(event, PSEUDONYMS)
    with pytest.raises(KeyError):
        row_of(event_of("munbot.other.fact.v1", {"name": "Marcela Soto"}), PSEUDONYMS)


def test_data_that_breaks_its_contract_is_refused():
    with pytest.raises(ValidationError):
        row_of(event_of("munbot.appointment.booked.v1", {"appointment_id": "Marcela"}), PSEUDONYMS)


def test_what_one_counts_by_is_kept():
    row = row_of(booked(), PSEUDONYMS)
    assert row["procedure_code"] == "licencia-b"
    assert row["office_name"] == "Dirección de Tránsito"
    assert row["start"].startswith("2026-11-24")
    assert "office_address" in row


def test_a_person_has_one_pseudonym_in_a_tenant_and_another_elsewhere():
    first = row_of(booked(), PSEUDONYMS)["citizen_rut_key"]
    event = booked()
    event.data["citizen"] = {**event.data["citizen"], "rut": "15.482.903-2"}
    assert row_of(event, PSEUDONYMS)["citizen_rut_key"] == first
    assert row_of(booked(tenant="punta-brava"), PSEUDONYMS)["citizen_rut_key"] != first
    assert row_of(booked(), Pseudonyms("x" * 32))["citizen_rut_key"] != first


def test_identifiers_of_others_are_not_believed():
    row = row_of(booked(subject="15482903-2", correlationid="llamada-de-Marcela", source="/Marcela Soto"), PSEUDONYMS)
    assert row["subject"] == PSEUDONYMS.of("valle-claro", "15482903-2")
    assert row["correlation_id"] is None
    assert row["source"] is None


@pytest.mark.parametrize(
    ("reason", "kept"), [("ask_human", "ask_human"), ("Marcela llora", None), ("15482903-2", None)]
)
def test_a_reason_is_kept_where_it_is_a_code(reason, kept):
    data = {
        "conversation_id": str(uuid.uuid4()),
        "reason": reason,
        "human_until": "2026-11-24T09:15:00-03:00",
        "open_now": True,
    }
    assert row_of(event_of("munbot.conversation.handoff_requested.v1", data), PSEUDONYMS).get("reason") == kept


def test_names_of_columns_are_unique_and_views_have_names_of_their_own():
    for event_type in EVENT_TYPES:
        names = schema_of(event_type).names
        assert len(names) == len(set(names))
        assert columns_of(event_type)
    assert len({view_name(event_type) for event_type in EVENT_TYPES}) == len(EVENT_TYPES)
    assert view_name("munbot.appointment.booked.v2") == "appointment_booked_v2"


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="32"):
        Pseudonyms("short")
