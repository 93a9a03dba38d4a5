"""How much is talked, how much of it without a person, and how long people let citizens wait."""
