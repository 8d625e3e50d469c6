"""Rules of briefs. Pure: no storage, no messages, no clock."""
