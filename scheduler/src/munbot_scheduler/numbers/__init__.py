"""What the agenda amounts to, in numbers."""
