"""Suggestions of categories for complaints."""
