"""The tools that golive is compared with, each with the files that its user would write."""
