"""Customers who wait too long: noticed once, told to whose chat it is, then to those who supervise; over by itself."""
