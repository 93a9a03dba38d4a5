"""What can go wrong with a language model."""

from munbot_common.problems import NotFound, Unprocessable

from munbot_llm.processes.problems import ProcessLost, ProcessUnavailable


class ModelUnavailable(ProcessUnavailable):
    """There is no model, or none that works now; the member `reason` says why."""

    code = "model_unavailable"
    title = "El modelo de lenguaje no está disponible"


class ModelProcessLost(ProcessLost):
    """The model's process, or its server, went away with this request in it."""

    code = "model_process_lost"
    title = "El modelo se interrumpió mientras respondía"


class ModelUnknown(NotFound):
    """Not the name of the model that is served; GET /v1/models says it."""

    code = "model_not_found"
    title = "No existe un modelo con ese nombre"


class PromptTooLong(Unprocessable):
    """The messages and the wanted answer do not fit; the body has `prompt_tokens`, `max_tokens`, `context_tokens`."""

    code = "prompt_too_long"
    title = "Los mensajes y la respuesta pedida no caben en el contexto del modelo"


class MessagesInvalid(Unprocessable):
    """The model's chat template does not take messages in this order or of these roles."""

    code = "messages_invalid"
    title = "El modelo no admite mensajes con estos roles o en este orden"


class RemoteRefused(Unprocessable):
    """The remote server does not take the request as it is."""

    code = "remote_refused"
    title = "El servidor del modelo rechazó la solicitud"
