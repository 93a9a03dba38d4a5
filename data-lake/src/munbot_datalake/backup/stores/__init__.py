"""The platform's stores: how each is read out and filled again."""
