"""The words: why a step is there, what went wrong and what to do, what a term means."""
