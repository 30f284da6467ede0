"""What a sealed sandbox is, as a value. Pure."""
