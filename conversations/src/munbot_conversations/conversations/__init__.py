"""Conversations: bot or human, open or closed."""
