"""Business days: when a complaint is due, and what stops its clock."""
