"""The brain: pure functions over values. `models` is its vocabulary, `engine.decide` answers a turn."""
