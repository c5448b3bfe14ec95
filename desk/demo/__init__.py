"""The demonstration: an invented Assembly with cases in every state."""
