"""Whom we write with: the 24-hour window and who does not want to be written to."""
