"""Pure rules: what may reach the dialogue, when to try again, when people answer."""

import json
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_conversations.conversations.rules import bot_may_speak, silence_is_over, starts_anew
from munbot_conversations.messages.rules import (
    answer_in,
    as_typed,
    for_dialogue,
    offered_payloads,
    preview,
    storable,
    storable_json,
)
from munbot_conversations.tenants.rules import Opening, attention, hours_text
from munbot_conversations.texts import texts
from munbot_conversations.turns.rules import (
    InvalidReply,
    Reply,
    Unanswered,
    backoff,
    parse_replies,
    replies_in_tracker,
    unanswered_in,
)
from munbot_conversations.unanswered.rules import normalise, without_personal_data, wordings

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SOURCE = {"document_id": "d", "document": "Ordenanza", "article": "Artículo 3", "passage": 2}
WEEK = [Opening(day, time(8, 30), time(14, 0)) for day in range(5)]


class TestWords:
    @given(st.text())
    def test_typed_text_is_never_a_command(self, text):
        assert not as_typed(text, 2000).startswith("/")

    @given(st.text(), st.integers(1, 50))
    def test_typed_text_is_never_longer_than_the_limit(self, text, limit):
        assert len(as_typed(text, limit)) <= limit

    @given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
    def test_ordinary_text_stays(self, text):
        if "\x00" not in text and len(text) <= 10_000:
            assert storable(text) == text

    @given(st.text(alphabet=st.characters()))
    def test_whatever_is_stored_can_be_encoded(self, text):
        kept = storable(text)
        assert "\x00" not in kept
        kept.encode("utf-8")

    def test_a_lone_surrogate_is_replaced(self):
        assert storable("a\ud800b") == "a\ufffdb"

    @pytest.mark.parametrize(
        ("text", "asked"),
        [
            ("/restart", "restart"),
            (" // /greet", "greet"),
            ("\ufeff/greet", "greet"),
            ("1/2 kilo", "1/2 kilo"),
            ("/", ""),
            ("🙃", "🙃"),
        ],
    )
    def test_examples(self, text, asked):
        assert as_typed(text, 2000) == asked

    def test_only_offered_payloads_count(self):
        offered = offered_payloads([[{"title": "Sí", "payload": "/affirm"}], None, []])
        assert for_dialogue(text="Sí", payload="/affirm", offered=offered, limit=9) == "/affirm"
        assert for_dialogue(text="Sí", payload="/deny", offered=offered, limit=9) == "Sí"
        assert for_dialogue(text="/deny", payload="/deny", offered=offered, limit=9) == "deny"
        assert for_dialogue(text="Sí", payload=None, offered=offered, limit=9) == "Sí"

    def test_preview_is_one_short_line(self):
        assert preview("a\n  b\t" + "x" * 500) == ("a b " + "x" * 500)[:160]


class TestWord:
    def test_a_silence_ends_at_its_time(self):
        assert not silence_is_over("human", NOW + timedelta(seconds=1), NOW)
        assert silence_is_over("human", NOW, NOW)
        assert not silence_is_over("bot", None, NOW)

    @pytest.mark.parametrize(
        ("status", "mode", "until", "may"),
        [
            ("open", "bot", None, True),
            ("open", "human", NOW + timedelta(hours=1), False),
            ("open", "human", NOW - timedelta(hours=1), True),
            ("closed", "bot", None, False),
        ],
    )
    def test_who_may_speak(self, status, mode, until, may):
        assert bot_may_speak(status=status, mode=mode, human_until=until, now=NOW) is may

    def test_a_day_of_silence_starts_anew(self):
        day = timedelta(hours=24)
        assert not starts_anew(None, NOW, day)
        assert not starts_anew(NOW - day + timedelta(seconds=1), NOW, day)
        assert starts_anew(NOW - day, NOW, day)


class TestReplies:
    def test_backoff_grows_to_thirty_seconds(self):
        assert [backoff(n).seconds for n in range(1, 9)] == [1, 2, 4, 8, 16, 30, 30, 30]

    def test_responses_of_the_rest_channel(self):
        body = [
            {"recipient_id": "x", "text": " Hola "},
            {"text": "¿Cuál?", "buttons": [{"title": "A", "payload": "/a"}, {"title": "B"}, "broken"]},
            {"image": "https://example.org/a.png"},
            {"custom": {"kind": "map"}},
            {"recipient_id": "x"},
        ]
        first, second, third = parse_replies(body)
        assert first == Reply(text="Hola")
        assert second.button_objects == [{"title": "A", "payload": "/a"}, {"title": "B", "payload": "B"}]
        assert second.image == "https://example.org/a.png", "the channel gives a bubble's image on its own"
        assert third.custom == {"kind": "map"}

    @pytest.mark.parametrize("body", [None, {}, "x", [1], [{"text": 3}]])
    def test_other_shapes_are_refused(self, body):
        with pytest.raises(InvalidReply):
            parse_replies(body)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda x: (
                st.lists(x)
                | st.dictionaries(st.sampled_from(["text", "buttons", "image", "custom", "title", "payload"]), x)
            ),
            max_leaves=20,
        )
    )
    def test_any_json_is_parsed_or_refused(self, body):
        try:
            replies = parse_replies(body)
        except InvalidReply:
            return
        assert all(isinstance(reply.text, str) for reply in replies)

    def test_a_tracker_tells_what_was_said_to_a_message(self):
        events = [
            {"event": "user", "text": "a", "metadata": {"message_id": "1"}},
            {"event": "bot", "text": "uno", "data": {"buttons": [{"title": "A", "payload": "/a"}]}},
            {"event": "action"},
            {"event": "bot", "text": "dos", "data": None},
            {"event": "user", "text": "b", "metadata": None},
            {"event": "bot", "text": "tres", "data": {}},
            {"event": "user", "text": "c", "metadata": {"message_id": "3"}},
            "broken",
        ]
        found = replies_in_tracker(events, "1")
        assert [reply.text for reply in found] == ["uno", "dos"]
        assert found[0].buttons == (("A", "/a"),)
        assert replies_in_tracker(events, "3") == []
        assert replies_in_tracker(events, "2") is None
        assert replies_in_tracker([], "1") is None

    def test_a_note_of_our_actions_goes_back_to_its_bubble(self):
        noted = {"unanswered": {"question": "¿Y la luna?", "intent": "ask_question", "confidence": 0.4}}
        body = [
            {"text": "Uno"},
            {"text": "Dos", "buttons": [{"title": "Sí", "payload": "/affirm"}]},
            {"custom": noted},
            {"custom": {"answer": {}}},
        ]
        first, second, third = parse_replies(body)
        assert first.custom is None
        assert (second.text, second.custom) == ("Dos", noted)
        assert third.custom == {"answer": {}}
        assert unanswered_in([first, second]) == Unanswered("¿Y la luna?", "ask_question", 0.4)

    @pytest.mark.parametrize("noted", [None, "x", {}, {"question": 3}, {"question": None}, ["question"]])
    def test_a_note_of_another_shape_is_none(self, noted):
        assert unanswered_in([Reply(text="a", custom={"unanswered": noted})]) is None

    def test_a_note_with_odd_members_keeps_the_question(self):
        noted = {"question": "q", "intent": 3, "confidence": 7}
        assert unanswered_in([Reply(custom={"unanswered": noted})]) == Unanswered("q")


class TestAnswers:
    def test_what_a_message_owes_to_documents(self):
        given = {"id": str(uuid4()), "mode": "extractive", "question": "¿Cuánto?", "sources": [SOURCE]}
        found = answer_in({"answer": given})
        assert (str(found.id), found.sources[0].document) == (given["id"], "Ordenanza")

    @pytest.mark.parametrize("custom", [None, {}, {"answer": None}, {"answer": "x"}, {"answer": {"mode": "oracle"}}])
    def test_nonsense_is_no_answer(self, custom):
        assert answer_in(custom) is None

    @given(st.recursive(st.none() | st.booleans() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
    def test_any_json_can_be_stored(self, value):
        assert "\\u0000" not in json.dumps(storable_json(value))


class TestAttention:
    def local(self, *parts):
        return datetime(*parts, tzinfo=ZoneInfo("America/Santiago"))

    def test_open_in_the_morning(self):
        assert attention(WEEK, "America/Santiago", self.local(2026, 11, 23, 9, 0), "CL").open_now

    @pytest.mark.parametrize(
        ("at", "opens"),
        [
            ((2026, 11, 23, 7, 0), (2026, 11, 23, 8, 30)),
            ((2026, 11, 23, 14, 0), (2026, 11, 24, 8, 30)),
            ((2026, 11, 27, 15, 0), (2026, 11, 30, 8, 30)),  # Friday afternoon
            ((2026, 12, 24, 15, 0), (2026, 12, 28, 8, 30)),  # Christmas is a Friday
            ((2026, 9, 4, 20, 0), (2026, 9, 7, 8, 30)),  # clocks go forward in the night to the 6th
        ],
    )
    def test_next_opening(self, at, opens):
        state = attention(WEEK, "America/Santiago", self.local(*at), "CL")
        assert not state.open_now
        assert state.opens_at == self.local(*opens)

    def test_never_open(self):
        state = attention([], "America/Santiago", NOW, "CL")
        assert (state.open_now, state.opens_at) == (False, None)

    def test_holidays_count_only_where_they_are_named(self):
        christmas = self.local(2026, 12, 25, 10, 0)
        assert attention(WEEK, "America/Santiago", christmas, None).open_now
        assert not attention(WEEK, "America/Santiago", christmas, "CL").open_now

    @given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))  # noqa: DTZ001 - given its zone below
    def test_the_next_opening_is_open_and_nothing_before_it(self, naive):
        at = naive.replace(tzinfo=UTC)
        state = attention(WEEK, "America/Santiago", at, "CL")
        if state.open_now:
            return
        assert state.opens_at > at
        assert attention(WEEK, "America/Santiago", state.opens_at, "CL").open_now
        before = state.opens_at - timedelta(minutes=1)
        assert before < at or not attention(WEEK, "America/Santiago", before, "CL").open_now

    @pytest.mark.parametrize(
        ("days", "text"),
        [
            ((0, 1, 2, 3, 4), "lunes a viernes de 8:30 a 14:00 hrs."),
            ((1,), "martes de 8:30 a 14:00 hrs."),
            ((0, 2, 4), "lunes, miércoles y viernes de 8:30 a 14:00 hrs."),
            ((), "sin horario de atención definido"),
        ],
    )
    def test_hours_as_people_write_them(self, days, text):
        assert hours_text([Opening(day, time(8, 30), time(14, 0)) for day in days]) == text

    def test_two_kinds_of_days(self):
        week = [Opening(0, time(9), time(13)), Opening(1, time(9), time(13)), Opening(4, time(9), time(12))]
        assert hours_text(week) == "lunes y martes de 9:00 a 13:00 hrs; viernes de 9:00 a 12:00 hrs."


class TestUnanswered:
    @pytest.mark.parametrize(
        "same", ["¿Cuánto cuesta el PERMISO?", "cuanto   cuesta el permiso", "cuánto cuesta el permiso!!!"]
    )
    def test_equal_questions_are_one(self, same):
        assert normalise(same) == "cuanto cuesta el permiso"

    def test_emoji_are_kept_when_there_is_nothing_else(self):
        assert normalise("🙃") == "🙃"
        assert normalise("   ") == ""

    @pytest.mark.parametrize(
        "private", ["12.345.678-5", "12345678-k", "+56 9 8765 4321", "987654321", "ana@example.org", "9.123.456-K"]
    )
    def test_personal_data_is_masked(self, private):
        assert private not in without_personal_data(f"soy {private}, ayuda")
        assert "ayuda" in without_personal_data(f"soy {private}, ayuda")

    def test_other_wordings_name_nobody(self):
        said = ["¿Y la luna?", "y la luna", "y la luna de [RUT]", "🌙"]
        assert wordings("¿Y la luna?", said) == ["y la luna"]

    @given(st.text(max_size=200))
    def test_normalising_twice_changes_nothing(self, text):
        assert normalise(normalise(text)) == normalise(text)


def test_every_text_is_short_and_formal():
    for text in (value for value in texts().values() if isinstance(value, str)):
        assert len(text) < 400
    assert texts("xx") == texts("es-CL")
