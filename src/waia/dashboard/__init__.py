"""The board: what happens in figures that can be believed, each with the rows behind it."""
