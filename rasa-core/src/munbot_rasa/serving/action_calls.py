"""Calls to the action server: cheaper than Rasa's, and never half done.

What Rasa 3.6.21 does on each call, and what is done instead (figures in docs/nlu.md, section "A turn"):

- it checks the answer with `jsonschema.validate`, which first checks the schema against its meta-schema, always the
  same one → `validate_action_result` keeps one compiled validator;
- it opens a new HTTP session and connection → `keep_connections` shares one;
- it sends every event of the session, so that the cost grows with the talk → `action_call` sends the last ones, and
  the messages before them up to a number;
- when the action server fails, it logs the error, goes on without the action and saves the torn turn →
  `abort_on_failure` gives the whole turn up, so that the tracker stays as before the message and it can be asked again.

Each patch is put on by `install()`; tests/test_action_calls.py holds them against Rasa's own results.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

import aiohttp
import rasa.core.actions.action
from jsonschema import ValidationError
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

# The actions read slots and the latest message; events serve to look a few steps back. A turn has some ten of them, so
# of the messages before, which questions to the documents are understood by, the last are sent besides.
EVENTS_SENT = 40
MESSAGES_SENT = 21
# Rasa waits 300 s. A citizen does not, and the conversation is locked meanwhile.
TIMEOUT_SECONDS = 20

_rasa_run = RemoteAction.run


class TurnAbortedError(BaseException):
    """Leave the turn at once.

    Not an `Exception`, because Rasa's processor catches those around each action and goes on without its events.
    """


@lru_cache(maxsize=1)
def _validator() -> Any:
    schema = RemoteAction.action_response_format_spec()
    validator_class = validator_for(schema)
    validator_class.check_schema(schema)
    return validator_class(schema)


def validate_action_result(_action: RemoteAction, result: dict[str, Any]) -> bool:
    """Check an action server's answer as `RemoteAction._validate_action_result` does, with a validator built once.

    Raises:
        ValidationError: when the answer does not have the form of the protocol.
    """
    error = best_match(_validator().iter_errors(result))
    if error is None:
        return True
    error.message += ". The action server's answer does not follow Rasa's protocol."
    raise error


def _last_events(events: list[Event]) -> list[Event]:
    """Return the last events, and before them only messages, so that the last `MESSAGES_SENT` are among all."""
    recent = events[-EVENTS_SENT:]
    missing = MESSAGES_SENT - sum(isinstance(event, (UserUttered, BotUttered)) for event in recent)
    if missing <= 0:
        return recent
    earlier = [event for event in events[:-EVENTS_SENT] if isinstance(event, (UserUttered, BotUttered))]
    return earlier[-missing:] + recent


def action_call(action: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    """Build the body of a call: as Rasa does, with only the last events."""
    state = tracker.current_state(EventVerbosity.NONE)
    state["events"] = [event.as_dict() for event in _last_events(list(tracker.events))]
    call = {
        "next_action": action.name(),
        "sender_id": tracker.sender_id,
        "tracker": state,
        "version": rasa.__version__,
    }
    explicit = domain.does_custom_action_explicitly_need_domain(action.name())
    if not action._is_selective_domain_enabled() or explicit:
        call["domain"] = domain.as_dict()
    return call


async def abort_on_failure(action: RemoteAction, *args: Any, **kwargs: Any) -> Any:
    """Run a remote action; give the turn up when the action server is away, fails, or answers nonsense.

    Raises:
        ActionExecutionRejection: when the action declined, which the policies handle.
        TurnAbortedError: on any other failure.
    """
    try:
        return await _rasa_run(action, *args, **kwargs)
    except ActionExecutionRejection:
        raise
    except (RasaException, ValidationError, aiohttp.ClientError, OSError, asyncio.TimeoutError, ValueError) as error:
        raise TurnAbortedError(f"{action.name()}: {error}") from error


class _SharedSession:
    """Hand out one session to every `async with endpoint.session()`, without closing it at the end."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(self, *exception: object) -> None:
        return None


def keep_connections(endpoint: EndpointConfig) -> _SharedSession:
    """Give the endpoint's session, made at its first use and kept for the life of the process."""
    session: aiohttp.ClientSession | None = getattr(endpoint, "_munbot_session", None)
    if session is None or session.closed:
        session = aiohttp.ClientSession(
            headers=endpoint.headers,
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=4),
        )
        endpoint._munbot_session = session
    return _SharedSession(session)


def install() -> None:
    """Put the patches on Rasa's classes; to be called once, before the server starts."""
    RemoteAction._validate_action_result = validate_action_result
    RemoteAction._action_call_format = action_call
    RemoteAction.run = abort_on_failure
    EndpointConfig.session = keep_connections
    rasa.core.actions.action.DEFAULT_REQUEST_TIMEOUT = TIMEOUT_SECONDS
