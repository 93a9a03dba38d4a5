"""Complaints: from the citizen's words to an end state, with everything that happened in between."""
