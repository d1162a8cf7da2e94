"""Supervisors: what keeps an app's processes running and starts them again."""
