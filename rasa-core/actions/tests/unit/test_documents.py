"""Answers from the office's documents: when they are asked for, how they are said, and what stays as it was."""

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_actions.dialogue.documents import _where
from munbot_actions.protocol import Said, read_turn
from munbot_actions.services.knowledge import Knowledge
from munbot_actions.services.models import DocumentSource
from munbot_actions.understanding.sentences import cut, tidy
from munbot_common.client import ServiceClient

from .conftest import ANSWER_ID

POOL = "La piscina abre de martes a domingo de 10:00 a 19:00."
LONG = " ".join(f"El artículo {n} dice que la basura se saca de 6:30 a 8:00, y no antes." for n in range(1, 13))


class TestWhenAsked:
    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("¿cuándo abre la piscina?", "ask_question"),
            ("¿a qué hora abre la piscina?", "ask_opening_hours"),
            ("¿dónde queda la piscina?", "ask_location"),
            ("¿cuánto cuesta la piscina?", "ask_procedure"),
            ("¿cuál es el teléfono de la piscina?", "ask_question"),
            ("¿qué papeles piden para la piscina?", "ask_procedure"),
            ("horario piscina", "nlu_fallback"),
            ("¿la piscina es temperada?", "nlu_fallback"),
            ("quiero saber de la piscina", "inform"),
            ("¿me recomiendas una piscina?", "out_of_scope"),
            ("¿cuántas piscinas hay?", "create_complaint"),
        ],
    )
    def test_what_the_scheduler_cannot_tell(self, chat, text, intent):
        chat.knowledge.knows("piscina", POOL)
        assert chat.say(text, intent) == f"{POOL}\nFuente: Ordenanza de Aseo, artículo 12"
        assert chat.customs[-1]["answer"]["id"] == ANSWER_ID
        assert chat.conversations.unanswered == []
        assert chat.loop is None

    @pytest.mark.parametrize(
        ("text", "intent", "words"),
        [
            ("¿a qué hora atienden en tránsito?", "ask_opening_hours", "08:30"),
            ("¿hasta qué hora atienden los viernes?", "ask_opening_hours", "08:30"),
            ("¿dónde queda la dideco?", "ask_location", "Pasaje El Litre 45"),
            ("¿cuánto cuesta renovar la licencia?", "ask_procedure", "0,5 UTM"),
            ("¿cuánto dura el trámite de la licencia?", "ask_procedure", "30 minutos"),
            ("¿qué papeles necesito para el permiso de circulación?", "ask_procedure", "SOAP"),
        ],
    )
    def test_what_the_scheduler_knows_is_its_own(self, chat, text, intent, words):
        chat.knowledge.knows("", "Un documento viejo.")
        assert words in chat.say(text, intent)
        assert chat.knowledge.asked == []

    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("¿cuánto cuesta la licencia para un adulto mayor?", "ask_procedure"),
            ("¿puedo renovar la licencia con multas?", "ask_procedure"),
            ("¿cuánto cuesta el permiso de circulación?", "ask_procedure"),  # the scheduler has no price of it
        ],
    )
    def test_more_than_the_scheduler_knows_is_looked_up_first(self, chat, text, intent):
        chat.knowledge.knows("", "El documento lo dice.")
        said = chat.say(text, intent)
        assert said.startswith("El documento lo dice.")
        assert "¿Le reservo una hora" in said
        assert chat.customs[0]["answer"]["mode"] == "extractive"
        chat.say("sí", "affirm")
        assert chat.loop == "booking_form"

    def test_and_if_not_found_the_scheduler_says_what_it_has(self, chat):
        assert "Licencia que vence" in chat.say("¿puedo renovar la licencia con multas?", "ask_procedure")
        assert len(chat.knowledge.asked) == 1

    @pytest.mark.parametrize("text", ["hola", "gracias", "🤷", "chao", "asdf"])
    def test_small_talk_is_not_looked_up(self, chat, text):
        chat.say(text, {"hola": "greet", "gracias": "thank", "chao": "goodbye"}.get(text, "nlu_fallback"))
        assert chat.knowledge.asked == []

    def test_english_is_not_looked_up(self, chat):
        assert "Spanish" in chat.say("what do I need for the license please", "nlu_fallback")
        assert chat.knowledge.asked == []

    def test_a_follow_up_means_what_was_answered(self, chat):
        chat.say("¿cuánto cuesta renovar la licencia?", "ask_procedure")
        chat.knowledge.knows("piscina", POOL)
        chat.say("¿cuándo abre la piscina?", "ask_question")
        chat.knowledge.knows("cuesta", "La entrada cuesta $1.500.")
        assert chat.say("¿y cuánto cuesta?", "ask_procedure").startswith("La entrada cuesta $1.500.")
        question, history = chat.knowledge.asked[-1]
        assert question == "¿y cuánto cuesta?"
        assert history[-2:] == [
            ("user", "¿cuándo abre la piscina?"),
            ("assistant", f"{POOL}\nFuente: Ordenanza de Aseo, artículo 12"),
        ]

    def test_a_follow_up_that_says_too_little_is_asked_with_what_it_goes_on_from(self, chat):
        chat.knowledge.knows("piscina", f"{POOL} La entrada cuesta $2.500.")
        chat.say("¿cuándo abre la piscina?", "ask_question")
        assert "$2.500" in chat.say("¿y cuánto cuesta?", "ask_procedure")
        assert [asked for asked, _ in chat.knowledge.asked[1:]] == [
            "¿y cuánto cuesta?",
            "¿cuándo abre la piscina? ¿y cuánto cuesta?",
        ]

    def test_the_procedure_before_is_no_answer_to_a_question_about_something_else(self, chat):
        chat.say("¿cuánto cuesta renovar la licencia?", "ask_procedure")
        said = chat.say("¿qué necesito para la beca municipal?", "ask_procedure")
        assert "Cédula" not in said
        assert "trámite" in said
        assert chat.conversations.unanswered == ["¿qué necesito para la beca municipal?"]

    def test_but_a_question_that_goes_on_means_it(self, chat):
        chat.say("¿cuánto cuesta renovar la licencia?", "ask_procedure")
        assert "Licencia que vence" in chat.say("¿y qué papeles debo presentar entonces?", "ask_procedure")

    @pytest.mark.parametrize("text", ["¿y cuánto cuesta?", "¿y tiene tobogán?"])
    def test_what_was_answered_before_is_no_answer_to_something_else(self, chat, text):
        chat.knowledge.knows("piscina", "La piscina es temperada.")
        chat.say("¿cómo es la piscina?", "ask_question")
        assert "Fuente" not in chat.say(text, "ask_question")

    @pytest.mark.parametrize("text", ["¿qué día pasa la basura?", "¿pasa el camión de la basura en feriado?"])
    def test_a_question_that_sounds_like_a_complaint(self, chat, text):
        chat.knowledge.knows("basura", "Los lunes.")
        said = chat.say(text, "create_complaint", 0.8)
        assert said.startswith("Los lunes.")
        assert "reclamo" in chat.texts[1]
        assert chat.loop is None
        chat.press("Hacer un reclamo")
        assert chat.loop == "complaint_form"

    @pytest.mark.parametrize(
        "text",
        [
            "¿por qué hay basura en mi calle?",
            "¿cuándo sacan la basura de calle los robles 120?",
            "¿nadie retira la basura?",
            "¿no pasa hoy la basura?",
            "quiero reclamar por la basura",
            "hay basura en la plaza",
        ],
    )
    def test_a_complaint_is_a_complaint(self, chat, text):
        chat.knowledge.knows("basura", "Los lunes.")
        chat.say(text, "create_complaint", 0.8)
        assert chat.loop == "complaint_form"
        assert chat.knowledge.asked == []

    def test_and_so_it_is_when_no_document_knows(self, chat):
        chat.say("¿cuándo tapan los baches?", "create_complaint", 0.6)
        assert chat.loop == "complaint_form"

    @pytest.mark.parametrize(("confidence", "asked"), [(0.35, True), (0.9, False)])
    def test_doubtful_small_talk_is_looked_up(self, chat, confidence, asked):
        chat.knowledge.knows("Concejo", "Los jueves a las 16:00.")
        said = chat.say("¿puedo asistir al Concejo Municipal?", "ask_capabilities", confidence)
        assert said.startswith("Los jueves") == asked
        assert bool(chat.knowledge.asked) == asked

    def test_off_topic_declines_in_one_line(self, chat):
        chat.knowledge.knows("pizzería", mode="clarify", options=["¿Dónde está la feria?"])
        assert "no puedo ayudarle" in chat.say("¿me recomiendas una pizzería?", "out_of_scope")
        assert len(chat.texts) == 1
        assert chat.conversations.unanswered == ["¿me recomiendas una pizzería?"]


class TestUnknown:
    def test_it_is_said_and_noted_and_a_person_is_offered(self, chat):
        assert "No tengo esa información" in chat.say("¿cuántos faroles hay?", "ask_question")
        assert chat.conversations.unanswered == ["¿cuántos faroles hay?"]
        assert "answer" not in chat.customs[-1]
        chat.say("sí", "affirm")
        assert len(chat.conversations.handoffs) == 1

    def test_the_same_when_nobody_can_be_asked(self, chat):
        chat.knowledge.away = True
        assert "No tengo esa información" in chat.say("¿cuántos faroles hay?", "ask_question")

    def test_an_answer_that_wants_a_person_offers_one(self, chat):
        chat.knowledge.knows("subsidio", "Depende de su caso.", handoff=True)
        said = chat.say("¿me toca el subsidio?", "ask_question")
        assert "persona" in chat.texts[1]
        assert said.startswith("Depende de su caso.")
        assert [set(custom) for custom in chat.customs] == [{"answer"}, set()]
        chat.press("Hablar con una persona")
        assert len(chat.conversations.handoffs) == 1


class TestWhich:
    OPTIONS = ("¿Cuánto cuesta la piscina?", "¿Cuándo abre la piscina?", "¿Hay cursos de natación?")

    @pytest.fixture
    def asked(self, chat):
        chat.knowledge.knows("y la alberca", mode="clarify", options=list(self.OPTIONS))
        chat.knowledge.knows("Cuándo abre", POOL)
        return chat

    def test_three_titles_and_none_of_them(self, asked):
        assert asked.say("¿y la alberca?", "ask_question") == "¿Quiso decir…?"
        assert [button["title"] for button in asked.buttons] == [*self.OPTIONS, "Ninguna de estas"]
        assert asked.customs == [{}]
        assert asked.conversations.unanswered == []

    def test_a_title_is_asked(self, asked):
        asked.say("¿y la alberca?", "ask_question")
        assert asked.press("¿Cuándo abre").startswith(POOL)
        assert asked.knowledge.asked[-1][0] == "¿Cuándo abre la piscina?"
        assert asked.customs[-1]["answer"]["question"] == "¿Cuándo abre la piscina?"
        asked.say("¿y los lunes?", "nlu_fallback")
        assert ("user", "¿Cuándo abre la piscina?") in asked.knowledge.asked[-1][1]

    def test_a_title_typed_is_a_title_pressed(self, asked):
        asked.say("¿y la alberca?", "ask_question")
        assert asked.say("cuándo abre la piscina", "ask_question").startswith(POOL)
        assert asked.knowledge.asked[-1][0] == "¿Cuándo abre la piscina?"

    def test_a_place_that_is_no_office_may_be_one_of_several(self, asked):
        assert "Quiso decir" in asked.say("¿dónde está y la alberca?", "ask_location")

    def test_none_of_them_is_unknown(self, asked):
        asked.say("¿y la alberca?", "ask_question")
        assert "No tengo esa información" in asked.press("Ninguna")
        assert asked.conversations.unanswered == ["¿y la alberca?"]

    def test_a_title_that_leads_nowhere_is_unknown(self, asked):
        asked.say("¿y la alberca?", "ask_question")
        assert "No tengo esa información" in asked.press("¿Hay cursos")
        assert asked.conversations.unanswered == ["¿Hay cursos de natación?"]

    @pytest.mark.parametrize(
        ("options", "shown"),
        [
            (["Costo", "¿Cuánto cuesta la piscina?", "Plazo"], ["¿Cuánto cuesta la piscina?"]),
            (["Costo", "Artículo 15. Áreas verdes"], []),
            (
                ["Beca municipal: plazo", "Piscina municipal: costo"],
                ["Beca municipal: plazo", "Piscina municipal: costo"],
            ),
            ([], []),
        ],
    )
    def test_a_title_that_says_nothing_alone_is_not_offered(self, asked, options, shown):
        asked.knowledge.knows("y la alberca", mode="clarify", options=options)
        said = asked.say("¿y la alberca?", "ask_question")
        assert [button["title"] for button in asked.buttons][:-1] == (shown or ["Hablar con una persona"])
        assert ("Quiso decir" in said) == bool(shown)

    def test_long_titles_fit_their_buttons(self, asked):
        long = "¿" + "muy " * 100 + "larga?"
        asked.knowledge.knows("y la alberca", mode="clarify", options=[long])
        asked.say("¿y la alberca?", "ask_question")
        assert len(asked.buttons[0]["title"]) <= 60
        assert len(asked.buttons[0]["payload"]) <= 1_000

    def test_inside_a_form_it_is_the_only_question(self, asked):
        asked.say("hora para licencia el jueves a las 10", "book_appointment")
        asked.say("¿y la alberca?", "ask_question")
        assert asked.texts == ["¿Quiso decir…?"]
        said = asked.press("¿Cuándo abre")
        assert said.startswith(POOL)
        assert "RUT" in asked.texts[1]
        assert asked.loop == "booking_form"

    def test_none_of_them_inside_a_form_goes_on(self, asked):
        asked.say("hora para licencia el jueves a las 10", "book_appointment")
        asked.say("¿y la alberca?", "ask_question")
        assert "RUT" in asked.press("Ninguna")
        assert asked.conversations.unanswered == ["¿y la alberca?"]

    def test_an_answer_to_the_form_beside_it_is_taken_first(self, asked):
        asked.say("hora para licencia", "book_appointment")
        said = asked.say("el jueves a las 10, ¿y la alberca?", "ask_question")
        assert "Quiso decir" not in said
        assert "RUT" in said


class TestInsideAForm:
    def test_answered_and_the_form_goes_on(self, chat):
        chat.knowledge.knows("piscina", f"{POOL} " + LONG)
        chat.say("hora para licencia el jueves a las 10", "book_appointment")
        chat.say("¿a qué hora abre la piscina?", "ask_opening_hours")
        assert chat.texts[0].startswith(POOL)
        assert chat.texts[0].endswith("Fuente: Ordenanza de Aseo, artículo 12")
        assert "RUT" in chat.texts[1]
        assert "answer" in chat.customs[0]
        assert chat.slots["requested_slot"] == "rut"

    def test_what_it_costs_means_what_is_booked(self, chat):
        chat.knowledge.knows("", POOL)
        chat.say("hora para licencia el jueves a las 10", "book_appointment")
        assert "0,5 UTM" in chat.say("¿y cuánto cuesta?", "ask_procedure")

    def test_not_known_is_noted_and_the_form_goes_on(self, chat):
        chat.say("hora para licencia el jueves a las 10", "book_appointment")
        said = chat.say("¿hay estacionamiento para bicicletas?", "ask_question")
        assert "la dejo anotada" in said
        assert "RUT" in said
        assert chat.conversations.unanswered == ["¿hay estacionamiento para bicicletas?"]


class TestWords:
    def test_a_long_answer_ends_with_a_sentence_and_its_source(self, chat):
        chat.knowledge.knows("basura", LONG)
        chat.say("¿cuándo saco la basura?", "ask_question")
        first, second = chat.texts
        assert first.endswith("antes.")
        body, source = second.rsplit("\n", 1)
        assert body.endswith("antes.")
        assert source == "Fuente: Ordenanza de Aseo, artículo 12"
        assert LONG.startswith(f"{first} {body}")
        assert [set(custom) for custom in chat.customs] == [set(), {"answer"}]

    def test_markup_and_empty_lines(self, chat):
        chat.knowledge.knows("basura", "**Los lunes**\n\n\n<script>alert(1)</script>\x07 {rut} /restart")
        said = chat.say("¿cuándo saco la basura?", "ask_question")
        assert said.startswith("**Los lunes**\n<script>alert(1)</script> {rut} /restart\nFuente")

    def test_the_note_is_short(self, chat):
        source = {"document_id": "d", "document": "Ordenanza", "article": "", "passage": "palabra " * 500}
        chat.knowledge.knows("basura", "Los lunes.", mode="generated", sources=[source] * 9)
        chat.knowledge.known["basura"].sources = [DocumentSource(**source)] * 9
        chat.say("¿cuándo saco la basura?", "ask_question")
        assert len(json.dumps(chat.customs[-1])) < 2_000

    @pytest.mark.parametrize(
        ("document", "article", "shown"),
        [
            ("Ordenanza de Aseo", "Artículo 12", "Ordenanza de Aseo, artículo 12"),
            ("Ordenanza de Aseo", "ARTÍCULO 43°. Grifos", "Ordenanza de Aseo, artículo 43"),
            ("Ordenanza de Aseo", "Artículo primero: Objeto", "Ordenanza de Aseo, artículo primero"),
            ("Beca municipal", "Costo", "Beca municipal, Costo"),
            ("Preguntas frecuentes", "", "Preguntas frecuentes"),
            ("", "Costo", "Costo"),
        ],
    )
    def test_a_source_is_named_as_people_do(self, document, article, shown):
        assert _where(DocumentSource(document=document, article=article)) == shown

    def test_two_documents(self, chat):
        sources = [DocumentSource(document="Ordenanza", article="Artículo 1"), DocumentSource(document="Beca")]
        chat.knowledge.knows("basura", "Los lunes.")
        chat.knowledge.known["basura"].sources = [*sources, *sources]
        assert chat.say("¿cuándo saco la basura?", "ask_question").endswith("Fuentes: Ordenanza, artículo 1; Beca")

    def test_an_officials_own_answer(self, chat):
        chat.knowledge.knows("wifi", "Sí, hay.")
        pair = DocumentSource(document_id="pair-7", document="¿Hay wifi?", article="¿Hay wifi?")
        chat.knowledge.known["wifi"].sources = [pair]
        assert chat.say("¿hay wifi?", "ask_question") == "Sí, hay.\nFuente: respuestas de la municipalidad"

    def test_no_cut_after_an_abbreviation(self):
        text = "Vaya a la Av. Los Maitenes 120. Lleve su cédula."
        assert cut(text, 35) == ("Vaya a la Av. Los Maitenes 120.", "Lleve su cédula.")
        assert cut(text, 25)[0] == "Vaya a la Av. Los…"

    @given(st.text(max_size=600), st.integers(20, 400))
    def test_a_part_is_never_too_long_and_nothing_is_made_up(self, text, room):
        tidied = tidy(text)
        first, rest = cut(tidied, room)
        assert len(first) <= room
        assert "\n\n" not in tidied
        assert tidied.startswith(first.removesuffix("…"))
        assert tidied.endswith(rest)

    @given(st.text(min_size=1, max_size=3_000), st.text(max_size=300), st.text(max_size=300))
    def test_whatever_is_answered_bubbles_are_short(self, answer, document, article):
        from munbot_actions.dialogue.documents import _bubbles
        from munbot_actions.dialogue.reply import Texts

        where = _where(DocumentSource(document=document, article=article))
        source = Texts.load().get("documents.source", where=where) if where else ""
        bubbles = _bubbles(tidy(answer), source, two=True)
        assert len(bubbles) <= 2
        assert all(len(bubble) < 400 for bubble in bubbles)


class TestHistory:
    def test_the_last_twenty_without_payloads(self, chat):
        body = chat.request("¿y ahora?", "ask_question", 0.9, "m")
        earlier = [{"event": "user", "text": f"u{n}"} for n in range(30)]
        pressed = {"event": "user", "text": '/ask_question{"choice":"ask:¿Cuánto cuesta?"}'}
        other = [{"event": "user", "text": '/affirm{"choice":3}'}, {"event": "user", "text": "/inform"}]
        bot = [{"event": "bot", "text": "Hola"}, {"event": "bot", "text": None}, {"event": "slot", "name": "x"}]
        body["tracker"]["events"] = [*earlier, *other, pressed, *bot, *body["tracker"]["events"]]
        history = read_turn(body).history
        assert history[-3:] == (Said("user", "u29"), Said("user", "¿Cuánto cuesta?"), Said("assistant", "Hola"))
        sent = []

        def answer(request):
            sent.append(json.loads(request.content))
            return httpx.Response(200, json={"answer_id": ANSWER_ID, "mode": "unknown"})

        client = ServiceClient("http://llm", token="t", transport=httpx.MockTransport(answer))
        Knowledge(client).ask("valle-claro", "¿y ahora?", history)
        assert len(sent[0]["history"]) == 20
        assert sent[0]["history"][-1] == {"role": "assistant", "text": "Hola"}


class TestClient:
    def knowledge(self, answer, clock=lambda: 0.0):
        self.requests = []

        def handle(request):
            self.requests.append(request)
            return answer(request)

        client = ServiceClient("http://llm", token="ours", attempts=1, transport=httpx.MockTransport(handle))
        return Knowledge(client, clock)

    def test_an_answer(self):
        body = {
            "answer_id": ANSWER_ID,
            "answer": POOL,
            "mode": "extractive",
            "sources": [{"document_id": "d", "document": "Piscina", "article": "", "passage": POOL}],
            "confidence": 0.9,
            "handoff": False,
            "options": [],
        }
        found = self.knowledge(lambda _: httpx.Response(200, json=body)).ask("valle-claro", "¿cuándo?", [])
        assert found.is_answer
        assert found.sources[0].document == "Piscina"
        request = self.requests[0]
        assert (request.method, request.url.path) == ("POST", "/v1/answer")
        assert request.headers["Authorization"] == "Bearer ours"
        assert request.headers["X-Munbot-Tenant"] == "valle-claro"
        assert json.loads(request.content) == {"question": "¿cuándo?", "history": []}

    @pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
    def test_a_refusal_is_nothing_known_and_nobody_waits_again_at_once(self, status):
        now = [0.0]
        knowledge = self.knowledge(lambda _: httpx.Response(status, json={"code": "x"}), lambda: now[0])
        assert knowledge.ask("t", "¿q?", []) is None
        assert knowledge.ask("t", "¿q?", []) is None
        assert len(self.requests) == 1
        knowledge.ask("another", "¿q?", [])
        now[0] = 5.1
        knowledge.ask("t", "¿q?", [])
        assert len(self.requests) == 3

    def test_a_question_that_is_refused_concerns_no_other(self):
        knowledge = self.knowledge(lambda _: httpx.Response(422, json={"code": "question_empty"}))
        knowledge.ask("t", "¿?", [])
        knowledge.ask("t", "¿q?", [])
        assert len(self.requests) == 2

    def test_no_answer_in_time(self):
        def late(_request):
            raise httpx.ReadTimeout("late")

        assert self.knowledge(late).ask("t", "¿q?", []) is None

    @pytest.mark.parametrize("body", [[], {}, {"answer_id": "x", "mode": "oracle"}, "x"])
    def test_nonsense(self, body):
        assert self.knowledge(lambda _: httpx.Response(200, json=body)).ask("t", "¿q?", []) is None

    def test_without_an_address_nobody_is_asked(self):
        assert Knowledge(None).ask("t", "¿q?", []) is None
