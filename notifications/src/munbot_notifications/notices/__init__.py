"""Events of the other services, and whom they concern."""
