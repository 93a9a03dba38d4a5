"""Files of citizens' messages: fetched, checked, stored, and voice notes understood."""
