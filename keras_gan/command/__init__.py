"""The command `keras-gan`."""
