"""What can be wrong with a question."""

from munbot_common.problems import Forbidden, Unprocessable


class QuestionEmpty(Unprocessable):
    """Nothing but blanks."""

    code = "question_empty"
    title = "La pregunta está vacía"


class TenantMismatch(Forbidden):
    """The body names another tenant than the caller's."""

    code = "tenant_mismatch"
    title = "La solicitud nombra otra municipalidad que la suya"
