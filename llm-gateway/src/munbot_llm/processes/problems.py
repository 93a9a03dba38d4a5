"""What can go wrong with a request to a child process."""

from munbot_common.problems import Problem, TooManyRequests, Unavailable


class QueueFull(TooManyRequests):
    """As many are waiting as may; Retry-After says when a place is likely."""

    code = "queue_full"
    title = "Hay demasiadas solicitudes en espera"


class DeadlineExceeded(Unavailable):
    """Waiting and running together took longer than allowed."""

    status = 504
    code = "deadline_exceeded"
    title = "La solicitud tardó más de lo permitido"


class ProcessLost(Unavailable):
    """The process died with this request in it. Those that wait go on with its successor."""

    code = "process_lost"
    title = "El proceso que atendía la solicitud se interrumpió"


class ProcessUnavailable(Unavailable):
    """The process cannot be started now; the member `reason` says why."""

    code = "process_unavailable"
    title = "El proceso no está disponible"


class ProcessFailed(Problem):
    """The child met an error of its own with this request, and goes on."""

    code = "process_failed"
    title = "El proceso no pudo atender la solicitud"
