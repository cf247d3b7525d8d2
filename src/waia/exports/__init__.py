"""What leaves waia as a file: conversations, selections of chats, captured answers; and the page of the answers."""
