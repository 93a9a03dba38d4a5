"""Every event type has a model, and every example of it validates and survives a round trip."""

import uuid
from datetime import UTC, datetime

import pytest
from munbot_contracts import EVENT_TYPES, Event, routing_key


@pytest.mark.parametrize("event_type", sorted(EVENT_TYPES))
def test_example_round_trips(event_type):
    model = EVENT_TYPES[event_type]
    examples = model.model_config["json_schema_extra"]["examples"]
    assert examples
    for example in examples:
        event = Event[model](
            id=uuid.uuid4(),
            source="/munbot/test",
            type=event_type,
            subject="x",
            time=datetime.now(UTC),
            tenant="valle-claro",
            correlationid="c",
            data=model.model_validate(example),
        )
        assert Event[model].model_validate_json(event.model_dump_json()) == event


def test_routing_key_drops_the_prefix():
    assert routing_key("munbot.message.received.v1") == "message.received.v1"
    with pytest.raises(ValueError, match="not a Munbot event type"):
        routing_key("other.message.v1")


def test_unknown_fields_are_ignored_so_that_additions_break_nobody():
    model = EVENT_TYPES["munbot.message.handled.v1"]
    example = {**model.model_config["json_schema_extra"]["examples"][0], "added_later": 1}
    assert model.model_validate(example)
