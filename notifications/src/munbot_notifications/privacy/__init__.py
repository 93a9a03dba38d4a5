"""What a person may ask of their data."""
