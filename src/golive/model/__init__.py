"""The words of the design as frozen values. No I/O here."""
