"""The running server: settings, channel, tracker store, locks and calls to the action server."""
