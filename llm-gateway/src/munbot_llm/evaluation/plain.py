"""Plain questions made from the documents themselves, as the calibration questions are worded unlike the documents.

Of each question/answer pair one way of asking is taken out of the index and asked; of procedures («Costo», «Plazo»...)
the question that the heading stands for is asked.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from munbot_llm.documents.passages import Passage
from munbot_llm.evaluation.questions import Question

_ASKED = {
    "Costo": ("¿Cuánto cuesta {}?", "cuanto sale {}"),
    "Documentos": ("¿Qué documentos necesito para {}?", "que papeles llevo para {}"),
    "Plazo": ("¿Cuánto se demora {}?", "en cuanto tiempo entregan {}"),
    "Dónde y cuándo": ("¿Dónde y a qué hora se hace {}?", "donde tengo que ir para {}"),
    "Requisitos": ("¿Qué requisitos hay para {}?", "quien puede pedir {}"),
}
_FACT = 40  # characters of the text by which it is known again


def plain_questions(passages: Sequence[Passage]) -> tuple[list[Passage], list[Question]]:
    """Return the passages without what is asked, and the questions."""
    kept, questions = [], []
    for passage in passages:
        ways = passage.questions
        if len(ways) > 1:
            taken = _draw(passage.text, len(ways))
            questions.append(_question(passage, ways[taken]))
            kept.append(replace(passage, questions=(*ways[:taken], *ways[taken + 1 :])))
            continue
        kept.append(passage)
        if passage.article in _ASKED:
            wording = _ASKED[passage.article][_draw(passage.text, 2)]
            questions.append(_question(passage, wording.format(passage.document[:1].lower() + passage.document[1:])))
    return kept, questions


def _question(passage: Passage, text: str) -> Question:
    name = hashlib.sha256(f"{passage.document_id} {passage.position}".encode()).hexdigest()[:12]
    return Question(f"plain-{name}", text, True, ((passage.text[:_FACT],),), passage.document_id, passage.article)  # noqa: FBT003


def _draw(text: str, size: int) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % size
