"""What the bot does with what it heard."""
