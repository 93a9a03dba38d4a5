"""Files of the earlier demo, brought in through the services' own APIs."""
