"""What each person wants, and does not."""
