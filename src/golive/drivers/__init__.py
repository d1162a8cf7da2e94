"""What Golive knows about programs it did not write: pure functions from the model and facts to texts and actions."""
