"""Layers that the papers share."""
