"""Answers that officials keep ready."""
