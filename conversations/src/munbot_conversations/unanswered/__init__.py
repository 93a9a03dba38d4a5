"""Questions that the bot could not answer."""
