"""Messages that the office begins."""
