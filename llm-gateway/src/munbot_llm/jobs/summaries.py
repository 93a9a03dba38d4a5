"""A summary of a conversation for the agent who takes it over. Pure functions: what is asked, what may be shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from munbot_contracts.jobs import SUMMARY_MAX_CHARACTERS, JobMessage

from munbot_llm.answers.generation import tidy
from munbot_llm.answers.grounding import Verdict, check, is_suspicious
from munbot_llm.documents.passages import Passage
from munbot_llm.jobs.texts import summary_texts

MAX_TOKENS = 220
TEMPERATURES = (0.1, 0.5)
"""A second try is worth its time: another wording often leaves out what was made up."""
BUDGETS = (6000, 3000, 1200)
"""Characters of the conversation that are shown, less each time that the model had no room or no time for them."""
_MESSAGE_CHARACTERS = 700
_AN_APPOINTMENT = re.compile(r"\buna hora\b", re.IGNORECASE)  # and no sixty minutes
_SENTENCE = re.compile(r".*?[.!?…»\")](?=\s|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the model is shown, and what its words are held against."""

    lines: tuple[str, ...]

    @property
    def prompt(self) -> list[dict[str, str]]:
        """The messages for the model."""
        texts = summary_texts()
        shown = texts.conversation.format(messages="\n".join(self.lines))
        return [{"role": "system", "content": texts.system}, {"role": "user", "content": shown}]

    def judge(self, summary: str) -> Verdict:
        """Tell whether every fact and name of a summary occurs in the conversation."""
        said = Passage("conversation", "", "", (), "\n".join(self.lines), 0)
        return check(_AN_APPOINTMENT.sub("cita", summary), [said], in_its_words=False)


def conversation_of(messages: Sequence[JobMessage], budget: int) -> Conversation:
    """Return the last messages, as many as `budget` characters hold; those that speak to a machine are left out."""
    authors = summary_texts().authors
    lines: list[str] = []
    for message in reversed(messages):
        text = _one_line(message.text)
        if not text or is_suspicious(text):
            continue
        line = f"{authors[message.author]}: {text}"
        budget -= len(line)
        if budget < 0 and lines:
            break
        lines.append(line)
    return Conversation(tuple(reversed(lines)))


def shortened(written: str) -> str:
    """Return what a model wrote on one line, whole sentences only, as many as a summary may have characters."""
    text = ""
    for sentence in _SENTENCE.findall(tidy(written)):
        longer = f"{text} {sentence.strip()}".strip()
        if len(longer) > SUMMARY_MAX_CHARACTERS:
            break
        text = longer
    return text


def _one_line(text: str) -> str:
    """Return a message as data: it cannot close the fence around it nor open a role of the model's own format."""
    line = " ".join(text.split()).replace("<", "‹").replace(">", "›").replace("[INST", "(INST")
    return line if len(line) <= _MESSAGE_CHARACTERS else f"{line[: _MESSAGE_CHARACTERS - 1]}…"
