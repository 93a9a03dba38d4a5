"""Evolution API: an unofficial WhatsApp client (Baileys) with a REST interface."""

from munbot_whatsapp.providers.evolution.client import EvolutionProvider

__all__ = ["EvolutionProvider"]
