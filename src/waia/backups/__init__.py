"""Copies of a whole installation in one file, from either database to either: taken while waia runs, put back whole."""
