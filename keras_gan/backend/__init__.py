"""The only rooms that import a framework."""
