"""The loops that move work from row to row."""
