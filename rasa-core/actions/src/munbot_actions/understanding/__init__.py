"""What a message says: pure functions from text to data."""
