"""WhatsApp's Cloud API, by Meta itself."""

from munbot_whatsapp.providers.meta.client import MetaProvider

__all__ = ["MetaProvider"]
