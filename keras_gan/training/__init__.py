"""What happens around the turns of a training run."""
