"""What one can complain about, who answers for it, and in how many business days."""
