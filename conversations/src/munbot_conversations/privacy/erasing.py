"""What erasing does to conversations and contacts, whoever asks for it: the person, or the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from munbot_common.problems import Unavailable
from sqlalchemy.orm import Session

from munbot_conversations.files.store import FileStore
from munbot_conversations.privacy import repository
from munbot_conversations.privacy.repository import Mine
from munbot_conversations.turns.rasa import RasaClient, RasaError


@dataclass(frozen=True, slots=True)
class Gone:
    """How much has gone that is not counted as rows of the person."""

    events: int
    """Of the dialogue's trackers."""
    versions: int
    """Of files."""
    questions: int
    """That somebody else, or nobody, has asked now."""


class Eraser:
    """Takes conversations out of every store: files and trackers first, then rows, so that it can be repeated.

    Args:
        files: where conversations' files are.
        rasa: where trackers are; None when there is no dialogue.
    """

    def __init__(self, files: FileStore, rasa: RasaClient | None) -> None:
        self.files = files
        self._rasa = rasa

    def trackers(self, conversations: Sequence[UUID], *, forget: bool) -> int:
        """Count what the dialogue remembers of conversations, or make it forget; returns how many events.

        Raises:
            Unavailable: the dialogue is away.
        """
        if self._rasa is None or not conversations:
            return 0
        try:
            return self._rasa.trackers(conversations, forget=forget)
        except RasaError as error:
            raise Unavailable from error

    def erase(self, session: Session, mine: Mine, trackers: Sequence[UUID], now: datetime) -> Gone:
        """Erase what was said and who said it. Whoever dies before the commit leaves rows, and is called again.

        Args:
            session: of the caller, who commits.
            mine: contacts and conversations; contacts' conversations are not looked for.
            trackers: the conversations that the dialogue forgets.
            now: when conversations end that were still open.

        Raises:
            Unavailable: the file store or the dialogue is away; nothing in the database has changed.
        """
        events = self.trackers(trackers, forget=True)
        keys = repository.files(session, mine.conversations, self.files.bucket)
        versions = sum(self.files.remove(key) for key in keys)
        questions = repository.forget_questions(session, mine.conversations)
        repository.forget(session, mine, now)
        return Gone(events=events, versions=versions, questions=questions)
