"""Search over people and all text: what is written into the index, and how questions find it."""
