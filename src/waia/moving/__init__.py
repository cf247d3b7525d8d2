"""Brings the database of the application that waia follows over to waia, and says how its bot would answer here."""
