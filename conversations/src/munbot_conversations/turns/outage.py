"""What this process knows of Rasa's health."""

import threading
from datetime import datetime

from munbot_conversations.turns.metrics import RASA_UP
from munbot_conversations.turns.rasa import Reason


class Outage:
    """Whether Rasa can be reached, and when it last answered anybody."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._unreachable = False
        self._others_wait = False
        self._last_answer: datetime | None = None
        RASA_UP.set(1)

    @property
    def unreachable(self) -> bool:
        """Whether the last try found nobody at Rasa's address."""
        return self._unreachable

    def failed(self, reason: Reason) -> None:
        """Note a failed try."""
        with self._lock:
            self._others_wait = True
            if reason == "unreachable":
                self._unreachable = True
                RASA_UP.set(0)

    def answered(self, now: datetime) -> bool:
        """Note an answer; True when something failed before it, whose turn has come again."""
        with self._lock:
            others_wait, self._others_wait = self._others_wait, False
            self._unreachable = False
            self._last_answer = now
            RASA_UP.set(1)
            return others_wait

    def reachable_again(self) -> None:
        """Note that Rasa's address answers, though nobody has asked it anything yet."""
        with self._lock:
            self._unreachable = False
            RASA_UP.set(1)

    def others_answered_since(self, moment: datetime) -> bool:
        """Tell whether Rasa has answered somebody since `moment`: then it is not away, but failing on one message."""
        with self._lock:
            return self._last_answer is not None and self._last_answer > moment
