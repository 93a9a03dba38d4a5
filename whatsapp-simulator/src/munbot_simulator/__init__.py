"""Phones in a browser, and the server that they believe to be WhatsApp."""
