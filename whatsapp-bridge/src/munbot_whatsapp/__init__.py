"""The WhatsApp channel: what a provider sends becomes our messages, and ours become what a provider takes."""
