"""Networks that learn, and the proof of who trains what."""
