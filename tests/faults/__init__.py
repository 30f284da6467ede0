"""What happens when a part is killed, cut off or attacked."""
