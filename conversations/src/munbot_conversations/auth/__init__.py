"""Login, tokens and lockout."""
