"""Messages, in and out, in order."""
