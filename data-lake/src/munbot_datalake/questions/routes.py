"""Questions by HTTP: in SQL for the operator's command line, ready-made figures for officials."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Depends, Query, Request
from munbot_common.auth import Principal, Role, TokenInvalid, require_roles
from munbot_common.problems import Forbidden, Unavailable, Unprocessable, problem_responses

from munbot_datalake.archive.shapes import COMMON, schema_of
from munbot_datalake.questions.engine import Questions
from munbot_datalake.questions.figures import Group, figures
from munbot_datalake.questions.problems import QuestionRefused, QuestionsBusy, QuestionTooLong
from munbot_datalake.questions.schemas import AnswerColumn, FigurePeriod, Figures, Question, QuestionAnswer, View
from munbot_datalake.questions.views import ALL, VIEWS
from munbot_datalake.store import STORE_ERRORS
from munbot_datalake.texts import say

router = APIRouter(tags=["questions"])
MAX_YEARS = {"day": 2, "month": 30, "year": 100}

OperatorDep = Annotated[Principal, Depends(require_roles(Role.SERVICE))]
StaffDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.VIEWER))]


class RangeInvalid(Unprocessable):
    """No range, too long a one, or in a zone that does not exist."""

    code = "range_invalid"
    title = say("titles.range_invalid")


def get_questions(request: Request) -> Questions:
    """Return the application's engine."""
    engine: Questions = request.app.state.questions
    return engine


QuestionsDep = Annotated[Questions, Depends(get_questions)]


@router.post(
    "/v1/query",
    response_model=QuestionAnswer,
    responses=problem_responses(TokenInvalid, Forbidden, QuestionRefused, QuestionTooLong, QuestionsBusy, Unavailable),
)
def query(body: Question, _operator: OperatorDep, questions: QuestionsDep) -> QuestionAnswer:
    """Answer a question in SQL over the archive of all tenants, or of one. For the operator, not for officials."""
    try:
        answer = questions.ask(body.sql, tenant=body.tenant, max_rows=body.max_rows)
    except STORE_ERRORS as error:
        raise Unavailable from error
    return QuestionAnswer(
        columns=[AnswerColumn(name=name, type=kind) for name, kind in answer.columns],
        rows=answer.rows,
        truncated=answer.truncated,
        seconds=round(answer.seconds, 3),
    )


@router.get("/v1/views", response_model=list[View], responses=problem_responses(TokenInvalid, Forbidden))
def views(_operator: OperatorDep) -> list[View]:
    """Return the names that a question may use, and their columns."""
    schemas = {ALL: COMMON} | {name: schema_of(event_type) for name, event_type in sorted(VIEWS.items())}
    return [
        View(name=name, columns=[AnswerColumn(name=field.name, type=str(field.type)) for field in schema])
        for name, schema in schemas.items()
    ]


@router.get(
    "/v1/figures",
    response_model=Figures,
    responses=problem_responses(TokenInvalid, Forbidden, RangeInvalid, QuestionTooLong, QuestionsBusy, Unavailable),
)
def long_range(
    principal: StaffDep,
    questions: QuestionsDep,
    *,
    first: Annotated[date, Query(alias="from", description="first day")],
    last: Annotated[date, Query(alias="to", description="last day, counted in")],
    group: Group = "month",
    timezone: Annotated[str, Query(max_length=64)] = "America/Santiago",
) -> Figures:
    """Return how many conversations, appointments and complaints each period had, as far back as the archive goes."""
    if last < first:
        raise RangeInvalid(say("figures.order"))
    if (last - first).days > MAX_YEARS[group] * 366 or not 1970 <= first.year <= last.year <= 9000:
        raise RangeInvalid(say("figures.too_wide", years=MAX_YEARS[group]))
    if timezone not in available_timezones():
        raise RangeInvalid(say("figures.zone", zone=timezone))
    zone = ZoneInfo(timezone).key
    try:
        found = figures(questions, tenant=principal.tenant, first=first, last=last, group=group, zone=zone)
    except STORE_ERRORS as error:
        raise Unavailable from error
    return Figures(
        timezone=zone, periods=[FigurePeriod(start=period.start, figures=period.figures) for period in found]
    )
