"""When offices are open, and which slots are free."""
