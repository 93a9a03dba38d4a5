"""What can be booked, and where: procedures and offices."""
