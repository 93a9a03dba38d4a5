"""The only owner of conversations: order, store, bot or human."""
