"""News of complaints and appointments, told in the conversation that they came from."""
