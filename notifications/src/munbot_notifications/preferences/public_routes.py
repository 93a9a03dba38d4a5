"""/v1/public/unsubscribe: the link in each mail to citizens. Opening it asks; only a POST changes anything."""

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, StrictUndefined, Template
from munbot_common.database import SessionDep
from munbot_common.problems import Unprocessable, problem_responses

from munbot_notifications.dependencies import VaultDep
from munbot_notifications.preferences import repository
from munbot_notifications.preferences.links import Unsubscription, opened
from munbot_notifications.problems import LinkInvalid
from munbot_notifications.schemas import masked
from munbot_notifications.texts import say, words
from munbot_notifications.vault import Vault

router = APIRouter(prefix="/v1/public/unsubscribe", tags=["public"])

Token = Annotated[str, Query(max_length=1000)]
_REFUSALS = problem_responses(LinkInvalid, Unprocessable)
_NO_STORE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@router.get("", response_class=HTMLResponse, responses=_REFUSALS)
def ask(token: Token, vault: VaultDep) -> Response:
    """Show the page that asks whether mails shall stop."""
    wish = _opened(vault, token)
    return _page(say("page.question", address=masked(wish.address)), token, button="stop")


@router.post("", response_class=HTMLResponse, responses=_REFUSALS)
def change(
    token: Token,
    vault: VaultDep,
    session: SessionDep,
    action: Literal["stop", "again"] = "stop",
) -> Response:
    """Stop mails to the address of the link, as a mail program's button does; or begin again. The body says nothing."""
    wish = _opened(vault, token)
    if action == "again":
        repository.allow(session, wish.tenant, wish.channel, wish.address)
        return _page(say("page.undone", address=masked(wish.address)), token)
    repository.refuse(session, wish.tenant, wish.channel, wish.address, "opted_out")
    return _page(say("page.done", address=masked(wish.address)), token, button="again")


def _opened(vault: Vault, token: str) -> Unsubscription:
    try:
        return opened(vault, token)
    except ValueError as error:
        raise LinkInvalid(say("page.invalid")) from error


@cache
def _template() -> Template:
    source = (files("munbot_notifications.resources") / "unsubscribe.html.j2").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(source)


def _page(sentence: str, token: str, *, button: str | None = None) -> Response:
    body = _template().render(sentence=sentence, token=token, button=button, words=words()["page"])
    return HTMLResponse(body, headers=_NO_STORE)
