"""The web channel: chat over Socket.IO and over plain HTTP, and what the public page needs to know."""
