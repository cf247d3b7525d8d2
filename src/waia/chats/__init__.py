"""The heart: conversations, what comes in, what goes out, who sees them."""
