"""The office's knowledge, kept by llm-gateway: one question/answer pair at a time."""

from uuid import UUID

from munbot_common.client import ServiceAway, ServiceClient, ServiceProblem
from munbot_common.logs import get_logger
from munbot_common.problems import Unavailable, Unprocessable

log = get_logger("knowledge")

TIMEOUT_SECONDS = 10.0
"""Of one attempt; two are made. The pair is stored and indexed before the answer comes."""


class KnowledgeAway(Unavailable):
    """The pair could not be stored; nothing was changed, and it may be tried again."""

    code = "knowledge_unavailable"
    title = "Las respuestas no se pueden guardar por el momento"


class PairRefused(Unprocessable):
    """The knowledge does not take this pair."""

    code = "pair_refused"
    title = "Esa pregunta y respuesta no se pueden guardar"


class Knowledge:
    """Writes question/answer pairs.

    Args:
        client: of llm-gateway, with this service's token; None where there is none.
    """

    def __init__(self, client: ServiceClient | None) -> None:
        self._client = client

    def put_pair(self, tenant: str, pair_id: UUID, question: str, also: list[str], answer: str) -> None:
        """Store a pair; the same id again replaces it.

        Raises:
            KnowledgeAway: not now.
            PairRefused: not these words.
        """
        if self._client is None:
            raise KnowledgeAway
        body = {"question": question, "also": also, "answer": answer}
        try:
            self._client.request("PUT", f"/v1/knowledge/pairs/{pair_id}", tenant=tenant, json=body)
        except ServiceAway as error:
            log.warning("knowledge_away", kind=str(error)[:80])
            raise KnowledgeAway from error
        except ServiceProblem as problem:
            log.warning("pair_refused", status=problem.status, code=problem.code)
            if problem.status in {400, 413, 422}:
                raise PairRefused(problem.detail or None) from problem
            raise KnowledgeAway from problem

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
