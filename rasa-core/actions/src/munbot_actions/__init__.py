"""Custom actions of the dialogue, in Rasa's action-server protocol."""
