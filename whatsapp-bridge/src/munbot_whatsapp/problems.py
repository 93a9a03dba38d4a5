"""What the bridge refuses, in words for people and codes for programs."""

from munbot_common.problems import BadRequest, Conflict, Forbidden, NotFound, Unauthorized, Unprocessable


class AccountUnknown(NotFound):
    """No such account, at this provider, in this tenant."""

    code = "account_unknown"
    title = "Esa cuenta de WhatsApp no existe"


class SignatureRefused(Unauthorized):
    """The webhook was not signed by the provider."""

    code = "signature_invalid"
    title = "La firma de la solicitud no es válida"


class WebhookUnreadable(BadRequest):
    """The body is no webhook of this provider."""

    code = "webhook_unreadable"
    title = "El contenido no es un aviso de este proveedor"


class ChallengeRefused(Forbidden):
    """The verification request does not know our word."""

    code = "challenge_refused"
    title = "La verificación del webhook no es válida"


class AccountMismatch(Forbidden):
    """The webhook speaks of another number than the one whose address it was sent to."""

    code = "account_mismatch"
    title = "El aviso es de otro número"


class SlugTaken(Conflict):
    """Another account has that name."""

    code = "account_taken"
    title = "Ya existe una cuenta con ese identificador"


class ReferenceTaken(Conflict):
    """Another account is that number at the provider."""

    code = "provider_ref_taken"
    title = "Ese número del proveedor ya está registrado"


class AccountInUse(Conflict):
    """Messages were sent from it, which stay; it can be switched off."""

    code = "account_in_use"
    title = "La cuenta ya envió mensajes: puede desactivarla, no eliminarla"


class CredentialsInvalid(Unprocessable):
    """Credentials are missing, or are not this provider's."""

    code = "credentials_invalid"
    title = "Las credenciales no son las que pide el proveedor"


class HostRefused(Unprocessable):
    """The address is not among those that the installation's operator allows."""

    code = "host_refused"
    title = "La dirección del proveedor no está permitida en esta instalación"


class OptionsInvalid(Unprocessable):
    """The options have values that the provider's code could not use."""

    code = "options_invalid"
    title = "Las opciones de la cuenta no son válidas"


class AccountRequired(Unprocessable):
    """The office has several numbers; `accounts` holds their names."""

    code = "account_required"
    title = "Debe indicar desde qué cuenta se envía"


class AccountInactive(Conflict):
    """The number is switched off."""

    code = "account_inactive"
    title = "La cuenta está desactivada"


class OptedOut(Conflict):
    """The citizen does not want messages that the office begins."""

    code = "opted_out"
    title = "La persona pidió no recibir mensajes"


class WindowClosed(Conflict):
    """The citizen has not written for 24 hours: WhatsApp takes only a template then."""

    code = "window_closed"
    title = "La persona no ha escrito en las últimas 24 horas: solo se le puede enviar una plantilla aprobada"


class FlowUnknown(NotFound):
    """No such flow."""

    code = "flow_unknown"
    title = "Ese flujo no existe"


class FlowDataInvalid(Unprocessable):
    """The flow needs other data; `errors` says which."""

    code = "flow_data_invalid"
    title = "Los datos no son los que pide el flujo"


class MessageUnknown(NotFound):
    """No such message in the tenant."""

    code = "message_unknown"
    title = "Ese mensaje no existe"
