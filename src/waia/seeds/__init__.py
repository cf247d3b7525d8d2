"""What a new database begins with: the starter flow of a real business, or the whole world of the demo."""
