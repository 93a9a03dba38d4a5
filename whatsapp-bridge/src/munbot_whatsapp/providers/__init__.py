"""One folder for each provider, behind one interface."""
