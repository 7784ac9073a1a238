"""How templates write money."""
