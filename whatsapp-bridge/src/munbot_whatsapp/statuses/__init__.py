"""What became of what we sent."""
