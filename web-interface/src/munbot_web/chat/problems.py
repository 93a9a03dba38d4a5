"""Why a message is not taken."""

from munbot_common.problems import Forbidden, TooManyRequests, Unavailable, Unprocessable


class MessageEmpty(Unprocessable):
    """There is nothing to read."""

    code = "message_empty"
    title = "Mensaje vacío"


class MessageTooLong(Unprocessable):
    """More than a person reads in one go."""

    code = "message_too_long"
    title = "Mensaje demasiado largo"


class PayloadInvalid(Unprocessable):
    """No button carries this."""

    code = "payload_invalid"
    title = "Opción no válida"


class KeyReused(Unprocessable):
    """The same idempotency key came with another message."""

    code = "idempotency_key_reused"
    title = "Clave de idempotencia ya usada"


class KeyInvalid(Unprocessable):
    """The idempotency key cannot be used."""

    code = "idempotency_key_invalid"
    title = "Clave de idempotencia no válida"


class TooFast(TooManyRequests):
    """More messages than a person types."""

    code = "too_many_requests"
    title = "Demasiados mensajes"


class VisitorOnly(Forbidden):
    """An official's or a service's token does not open a chat."""

    code = "visitor_only"
    title = "Token de otro tipo"


class HubAway(Unavailable):
    """The message could not be handed on, so it was not taken."""

    code = "unavailable"
    title = "El chat no está disponible por el momento"
