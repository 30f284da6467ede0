"""What happens beside the platform, on record here by day and hash; it holds no file."""
