"""What the payment pages need to write."""
