"""Munbot's Rasa: training, serving and the components of its own."""
