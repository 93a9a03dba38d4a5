"""Twilio's WhatsApp senders."""

from munbot_whatsapp.providers.twilio.client import TwilioProvider

__all__ = ["TwilioProvider"]
