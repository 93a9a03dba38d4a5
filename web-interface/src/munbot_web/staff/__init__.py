"""Live updates for the officials: the Socket.IO namespace of the dashboard."""
