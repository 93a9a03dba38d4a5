"""Why a telephone's message is not taken."""

from munbot_common.problems import NotFound, PayloadTooLarge, TooManyRequests, Unprocessable


class PhoneUnknown(NotFound):
    """No such telephone, or it made room for others."""

    code = "phone_unknown"
    title = "Ese teléfono no existe"


class AccountUnknown(NotFound):
    """No such office's number."""

    code = "account_unknown"
    title = "Esa cuenta no existe"


class MessageUnknown(NotFound):
    """The message that is chosen from, answered or reacted to is not on the telephone."""

    code = "message_unknown"
    title = "Ese mensaje no está en el teléfono"


class FileUnknown(NotFound):
    """No such file, or it made room for others."""

    code = "file_unknown"
    title = "Ese archivo ya no está"


class ChoiceUnknown(Unprocessable):
    """The message has no such button or row."""

    code = "choice_unknown"
    title = "Esa opción no está en el mensaje"


class FileTypeUnsupported(Unprocessable):
    """WhatsApp does not send such files."""

    code = "file_type_unsupported"
    title = "WhatsApp no envía ese tipo de archivo"


class SoundUnreadable(Unprocessable):
    """There is no sound in the file."""

    code = "sound_unreadable"
    title = "No se pudo leer la grabación"


class FileTooLarge(PayloadTooLarge):
    """Larger than WhatsApp takes."""

    code = "file_too_large"
    title = "El archivo es demasiado grande para WhatsApp"


class TooManyPending(TooManyRequests):
    """The platform takes nothing, and the telephone has written too much meanwhile."""

    code = "too_many_pending"
    title = "Hay demasiados mensajes sin entregar"
