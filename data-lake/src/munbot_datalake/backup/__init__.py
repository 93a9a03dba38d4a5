"""Save the whole platform, bring it back, and prove both."""
