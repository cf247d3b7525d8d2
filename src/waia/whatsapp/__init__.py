"""The edge to Meta: what comes in over the webhook, what goes out over the Graph API."""
