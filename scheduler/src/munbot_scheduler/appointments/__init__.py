"""Appointments: held, booked, changed, over."""
