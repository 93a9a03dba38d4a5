"""Files of citizens: fetched from the provider, looked at, stored, and voice notes understood."""
