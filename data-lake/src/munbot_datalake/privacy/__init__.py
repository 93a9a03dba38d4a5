"""What a person may ask of the archive."""
