"""What can go wrong with a voice note."""

from munbot_common.problems import PayloadTooLarge, Unavailable, Unprocessable

from munbot_llm.processes import ProcessLost


class AudioTooLarge(PayloadTooLarge):
    """More bytes than a voice note may have."""

    code = "audio_too_large"
    title = "El audio es demasiado pesado"


class AudioTooLong(Unprocessable):
    """More seconds than a voice note may have."""

    code = "audio_too_long"
    title = "El audio es demasiado largo"


class AudioUnreadable(Unprocessable):
    """Not audio, of a kind that nobody sends, or cut off."""

    code = "audio_unreadable"
    title = "No se pudo leer el audio; grábelo y envíelo de nuevo"


class VoiceUnavailable(Unavailable):
    """There is no speech model here, or it cannot be loaded; the member `reason` says which."""

    code = "voice_unavailable"
    title = "Por el momento no es posible escuchar audios"


class VoiceProcessLost(ProcessLost):
    """The process died with this note in it; it is started anew at once."""

    code = "voice_process_lost"
    title = "Se interrumpió la transcripción; envíe el audio de nuevo"
