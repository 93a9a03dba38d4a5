"""Who of the office is told of what."""
