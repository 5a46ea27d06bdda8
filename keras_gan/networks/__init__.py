"""Architectures that are not a paper's own."""
