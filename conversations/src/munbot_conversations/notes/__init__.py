"""What officials note about a conversation, for each other alone."""
