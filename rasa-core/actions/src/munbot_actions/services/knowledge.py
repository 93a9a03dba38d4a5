"""Answers from the office's own documents, as llm-gateway finds them."""

import time
from collections.abc import Callable, Sequence

from munbot_common.client import ServiceAway, ServiceClient, ServiceProblem
from munbot_common.logs import get_logger
from pydantic import ValidationError

from munbot_actions.protocol import Said
from munbot_actions.services.models import DocumentAnswer

log = get_logger("knowledge")

MOST_HISTORY = 20
LONGEST_SAID = 1_000
LONGEST_QUESTION = 2_000
REST_SECONDS = 5.0
"""After a failure nobody waits for it again for so long."""


class Knowledge:
    """The question route of llm-gateway. Without an address, or while it is away, nothing is known.

    Args:
        client: with this service's token; None where there is no llm-gateway.
        monotonic: seconds, for the rest after a failure.
    """

    def __init__(self, client: ServiceClient | None, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._monotonic = monotonic
        self._rest_until: dict[str, float] = {}  # by tenant: the documents of one may still be loading

    def ask(self, tenant: str, question: str, history: Sequence[Said]) -> DocumentAnswer | None:
        """Return what the documents say to a question; None when nobody can be asked.

        Args:
            tenant: whose documents.
            question: as it was asked.
            history: the messages before it, oldest first; the last 20 are sent.
        """
        if self._client is None or self._monotonic() < self._rest_until.get(tenant, 0.0):
            return None
        said = [{"role": item.role, "text": item.text[:LONGEST_SAID]} for item in history[-MOST_HISTORY:]]
        body = {"question": question[:LONGEST_QUESTION], "history": said}
        try:
            return DocumentAnswer.model_validate(self._client.request("POST", "/v1/answer", tenant=tenant, json=body))
        except ServiceAway as error:
            log.warning("knowledge_away", kind=str(error)[:80])
        except ServiceProblem as problem:
            log.warning("knowledge_refused", status=problem.status, code=problem.code)
            if problem.status == 422:  # this question alone is at fault
                return None
        except ValidationError as error:
            log.error("knowledge_answer_not_understood", errors=error.error_count())
        self._rest_until[tenant] = self._monotonic() + REST_SECONDS
        return None
