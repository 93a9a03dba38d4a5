"""The demo's own sentences with one thing changed: a model that copies nearly rightly is the likeliest to mislead."""

import re
from collections import Counter
from pathlib import Path

import pytest
from munbot_llm.answers.grounding import check
from munbot_llm.documents.sentences import sentences
from munbot_llm.evaluation.questions import read_documents

DEMO = Path(__file__).parents[4] / "config" / "demo" / "knowledge" / "valle-claro"
SWAPS = {
    "hasta": ("hasta", "desde"),
    "hasta lost": ("hasta ", ""),
    "más de": ("más de", "menos de"),
    "al menos lost": ("al menos ", ""),
    "weekday": ("lunes", "sábado"),
    "last day": ("viernes", "domingo"),
    "UTM": ("UTM", "UF"),
    "hábiles lost": ("días hábiles", "días"),
    "days": ("días", "meses"),
    "hours": ("horas", "días"),
    "prohibido": ("prohibido", "permitido"),
    "permite": ("permite", "prohíbe"),
    "salvo": ("salvo", "incluso"),
    "solo lost": ("solo ", ""),
    "antes": ("antes", "después"),
    "gratis": ("gratis", "pagado"),
    "obligatorio": ("obligatori", "voluntari"),
    "sin": (" sin ", " con "),
}
VERBS = re.compile(r"\b(se|puede|debe|deben|pueden|atiende|es|son|está|tiene|paga|cuesta|dura)\b")
DENIES = re.compile(r"\bno\b|\bsin\b|prohib", re.IGNORECASE)


def changed(sentence):
    for number in re.finditer(r"\d+", sentence):
        for more in (1, 7):
            figures = str(int(number.group()) + more)
            yield "number", sentence[: number.start()] + figures + sentence[number.end() :]
    for name, (one, other) in SWAPS.items():
        if one in sentence:
            yield name, sentence.replace(one, other, 1)
    if re.search(r"\bno (?!más|menos|mayor)", sentence):
        yield "no lost", re.sub(r"\bno (?!más|menos|mayor)", "", sentence, count=1)
    verb = VERBS.search(sentence)
    if verb and not DENIES.search(sentence):
        yield "no added", f"{sentence[: verb.start()]}no {sentence[verb.start() :]}"


@pytest.fixture(scope="module")
def seen():
    """How many changes there were, and which of them were let through, by kind."""
    tried, through = Counter(), {}
    for passage in read_documents(DEMO):
        for sentence in sentences(passage.text):
            if check(sentence, [passage]).ok:
                for kind, text in changed(sentence):
                    tried[kind] += 1
                    if check(text, [passage]).ok:
                        through.setdefault(kind, []).append(text)
    return tried, through


def test_no_figure_can_be_changed(seen):
    tried, through = seen
    assert tried["number"] > 500
    assert through.get("number", []) == []


@pytest.mark.parametrize(
    "kind", ["no added", "weekday", "last day", "UTM", "hasta", "hábiles lost", "gratis", "solo lost"]
)
def test_nor_what_matters_most(seen, kind):
    tried, through = seen
    assert tried[kind] > 5
    assert through.get(kind, []) == []


def test_hardly_anything_else_can(seen):
    tried, through = seen
    assert sum(tried.values()) > 1500
    assert sum(map(len, through.values())) <= 0.005 * sum(tried.values()), through
