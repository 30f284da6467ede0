"""How each language writes days and numbers."""
