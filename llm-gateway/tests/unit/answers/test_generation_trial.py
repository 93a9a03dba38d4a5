"""`eval model`: what is counted, and what is asked of a model."""

from pathlib import Path

import pytest
from munbot_llm.answers import generation_trial
from munbot_llm.answers.generation import Attempt, Completion, GroundedGenerator
from munbot_llm.answers.generation_model import ModelTalker
from munbot_llm.answers.generation_trial import Trial, choose, figures, judge
from munbot_llm.documents.passages import Passage
from munbot_llm.evaluation.questions import Question, read_questions
from munbot_llm.models.chat import Completion as ChatCompletion
from munbot_llm.models.chat import Usage
from munbot_llm.models.problems import MessagesInvalid, ModelUnavailable

PASSAGE = Passage("c", "Costos", "Costo", ("Costo",), "La renovación de la licencia cuesta 0,5 UTM en la caja.", 0)
QUESTIONS = Path(__file__).parents[3] / "calibration" / "valle-claro.jsonl"


def attempt(outcome, reason="", text=None, seconds=1.0, tokens=20):
    completion = None if outcome in {"unavailable", "unsafe"} else Completion("x", True, tokens, seconds)
    return Attempt(text or ("bien" if outcome == "passed" else None), outcome, reason, completion)


def good_trial():
    trial = Trial(answerable=10, right=9, right_quoted=9, right_written=8)
    trial.attempts = [attempt("passed")] * 9 + [attempt("rejected", "value:quantity:3")]
    trial.unanswerable = [attempt("declined")] * 4 + [attempt("passed")]
    return trial


def test_a_good_model_meets_all():
    judged = judge(figures(good_trial(), 8.0))
    assert {name for name, criterion in judged.items() if not criterion["met"]} == set()
    assert judged["right"]["asked"] == "at least 0.85"


@pytest.mark.parametrize(
    ("change", "fails"),
    [
        (lambda t: setattr(t, "right", 8), "right"),
        (lambda t: setattr(t, "invented", 1), "invented_after_guard"),
        (lambda t: setattr(t, "attempts", [attempt("rejected", "words:x")] * 9 + [attempt("passed")]), "passed_guard"),
        (lambda t: setattr(t, "attempts", [*t.attempts, attempt("rejected", "language")]), "spanish"),
        (lambda t: setattr(t, "unanswerable", [attempt("passed")] * 4), "silent_when_unanswerable"),
        (lambda t: setattr(t, "attempts", [attempt("passed", seconds=9.0)] * 5 + t.attempts[5:]), "in_time"),
        (lambda t: setattr(t, "attempts", [attempt("unavailable")] * 5 + t.attempts[5:]), "in_time"),
    ],
)
def test_each_criterion_can_fail(change, fails):
    trial = good_trial()
    change(trial)
    judged = judge(figures(trial, 8.0))
    assert not judged[fails]["met"]


def test_a_model_that_was_never_asked_has_not_passed():
    judged = judge(figures(Trial(), 8.0))
    assert not judged["passed_guard"]["met"]
    assert not judged["spanish"]["met"]


def test_figures_without_a_source_are_counted_without_the_guard():
    invented = Attempt("Cuesta 77 UTM.", "passed")
    assert generation_trial._invented(invented, [PASSAGE]) == 1
    assert generation_trial._invented(Attempt("Cuesta 0,5 UTM.", "passed"), [PASSAGE]) == 0


def test_a_choice_of_questions_keeps_their_proportion():
    questions = [Question(str(n), str(n), n < 60, (), "", "") for n in range(100)]
    chosen = choose(questions, 20)
    assert len(chosen) == 20
    assert sum(question.answerable for question in chosen) == 12
    assert choose(questions, 20) == chosen
    assert choose(questions, 0) == questions
    assert {question.answerable for question in choose(questions, 2)} == {True, False}


def test_our_questions_can_be_read():
    questions = read_questions(QUESTIONS)
    assert len(questions) >= 80
    assert all(question.must_contain for question in questions if question.answerable)


# ---- the model, as the generator speaks to it


class FakeModels:
    """A model that says one thing, or refuses."""

    ready = True

    def __init__(self, *, refuses=None, takes_system=True, finish="stop"):
        self.refuses, self.takes_system, self.finish = refuses, takes_system, finish
        self.asked = []

    def complete_from_thread(self, messages, options, deadline):
        self.asked.append((messages, options, deadline.seconds))
        if self.refuses:
            raise self.refuses
        if not self.takes_system and any(message.role == "system" for message in messages):
            raise MessagesInvalid
        return ChatCompletion("La renovación de la licencia cuesta 0,5 UTM.", self.finish, Usage(9, 12, 0))


class Granted:
    granted = True


class Refused:
    granted = False


def talker(models, approval=Granted):
    return ModelTalker(models, approval(), seconds=3.0)


def test_the_model_is_asked_briefly_and_coolly():
    models = FakeModels()
    said = GroundedGenerator(talker(models)).generate("¿Cuánto cuesta la licencia?", [PASSAGE], [])
    assert said == "La renovación de la licencia cuesta 0,5 UTM."
    messages, options, seconds = models.asked[0]
    assert [message.role for message in messages] == ["system", "user"]
    assert options.temperature <= 0.2
    assert options.max_tokens <= 256
    assert seconds == 3.0


def test_a_template_without_a_system_role_gets_the_rules_in_its_first_message():
    models = FakeModels(takes_system=False)
    generator = GroundedGenerator(talker(models))
    for _ in range(2):
        assert generator.generate("¿Cuánto cuesta la licencia?", [PASSAGE], [])
    assert [[message.role for message in asked[0]] for asked in models.asked] == [
        ["system", "user"],
        ["user"],
        ["user"],
    ]
    assert "Reglas:" in models.asked[1][0][0].content


def test_a_model_that_cannot_leaves_the_quote():
    assert talker(FakeModels(refuses=ModelUnavailable())).complete([], max_tokens=1, temperature=0) is None
    generator = GroundedGenerator(talker(FakeModels(finish="length")))
    assert generator.generate("¿Cuánto cuesta la licencia?", [PASSAGE], []) is None


def test_a_model_without_approval_is_not_asked():
    models = FakeModels()
    assert GroundedGenerator(talker(models, Refused)).generate("¿Cuánto cuesta la licencia?", [PASSAGE], []) is None
    assert models.asked == []
