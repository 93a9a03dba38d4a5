"""A person in the broker: events that a consumer gave up still say whom they were about."""

from anyio import from_thread
from munbot_common.auth import Principal
from munbot_common.logs import get_logger
from munbot_common.traces import Traces
from munbot_contracts.people import (
    Erased,
    Exported,
    Found,
    Holding,
    Marks,
    Matches,
    Person,
    Rectification,
    Rectified,
)

from munbot_web.operations.letters import DeadLetters
from munbot_web.operations.queues import QueueBook

log = get_logger("operations")

SERVICE = "broker"


class PersonalData:
    """Finds and discards dead letters. What still waits in a queue is handled within seconds, and found where it ends.

    Args:
        book: knows the queues.
        letters: the dead letters.
    """

    def __init__(self, book: QueueBook, letters: DeadLetters) -> None:
        self._book = book
        self._letters = letters

    def find(self, principal: Principal, person: Person) -> Found:
        """Count the letters."""
        return Found(
            service=SERVICE, holdings=self._holdings(principal, person, discard=False), known=Person(rut=person.rut)
        )

    def export(self, principal: Principal, person: Person) -> Exported:  # noqa: ARG002 - see below
        """Give nothing: a letter says what its source has said, and that is given there."""
        return Exported(service=SERVICE, records={})

    def rectify(self, principal: Principal, wish: Rectification) -> Rectified:  # noqa: ARG002 - nothing to change
        """Change nothing: an event says what was."""
        return Rectified(service=SERVICE)

    def erase(self, principal: Principal, person: Person) -> Erased:
        """Discard the letters."""
        gone = self._holdings(principal, person, discard=True)
        if gone:
            log.info("dead_letters_erased", agent=principal.subject, tenant=principal.tenant, count=gone[0].count)
        return Erased(service=SERVICE, erased=gone)

    def match(self, principal: Principal, marks: Marks) -> Matches:  # noqa: ARG002 - queues are empty after a restore
        """Tell nothing: no backup brings messages back."""
        return Matches()

    def _holdings(self, principal: Principal, person: Person, *, discard: bool) -> tuple[Holding, ...]:
        ids = (*person.appointments, *person.complaints, *person.conversations, *person.addresses)
        traces = Traces(Person(rut=person.rut, addresses=tuple(str(one) for one in ids)))
        queues = [state.name for state in from_thread.run(self._book.all) if state.dead is not None]
        count = self._letters.naming(principal.tenant, queues, traces, discard=discard)
        return (Holding(store=f"{SERVICE}.dead_letters", count=count),) if count else ()
