"""What any web application needs; it has never heard of WhatsApp."""
