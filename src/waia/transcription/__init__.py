"""What customers say in voice notes, as text: offline, on this machine."""
