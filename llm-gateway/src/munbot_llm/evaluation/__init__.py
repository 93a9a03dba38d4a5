"""How well questions are answered: measuring, and fitting the judge."""
