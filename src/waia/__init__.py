"""waia: a self-hosted WhatsApp Cloud API bot and agent panel."""
