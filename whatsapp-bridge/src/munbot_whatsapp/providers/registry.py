"""The providers by name."""

from functools import cache

from munbot_whatsapp.providers.base import Provider
from munbot_whatsapp.providers.evolution import EvolutionProvider
from munbot_whatsapp.providers.meta import MetaProvider
from munbot_whatsapp.providers.twilio import TwilioProvider
from munbot_whatsapp.providers.ycloud import YCloudProvider

PROVIDERS = {provider.name: provider for provider in (MetaProvider, EvolutionProvider, YCloudProvider, TwilioProvider)}


@cache
def get(name: str, *, timeout: float = 10.0) -> Provider:
    """Return a provider, the same one for the same arguments: its connections are shared.

    Args:
        name: meta, evolution, ycloud or twilio.
        timeout: seconds that one call may take (`whatsapp_timeout_seconds`).

    Raises:
        KeyError: no such provider.
    """
    return PROVIDERS[name](timeout=timeout)
