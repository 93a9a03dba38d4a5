"""Meta WhatsApp Cloud API."""
