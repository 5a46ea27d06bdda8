"""What a sample is: ranges, checks, drawing."""
