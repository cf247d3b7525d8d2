"""Who watches: the open streams, what each may see, and for how long."""
