"""Web channel: Socket.IO gateway and chat over HTTP."""
