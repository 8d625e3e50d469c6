"""The rules of matching: pure Python, no clock, no I/O."""
