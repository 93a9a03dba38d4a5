"""What a question can run into."""

from munbot_common.problems import Problem, TooManyRequests, Unprocessable

from munbot_datalake.texts import say


class QuestionRefused(Unprocessable):
    """The question is no single reading statement, or DuckDB does not understand it; `detail` says what it said."""

    code = "question_refused"
    title = say("titles.question_refused")


class QuestionTooLong(Problem):
    """It took longer, or more memory, than one question may."""

    status = 422
    code = "question_too_long"
    title = say("titles.question_too_long")


class QuestionsBusy(TooManyRequests):
    """Others are asking."""

    code = "questions_busy"
    title = say("titles.questions_busy")
