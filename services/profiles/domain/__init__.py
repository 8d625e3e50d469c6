"""Rules of profiles. Pure: no storage, no messages, no clock."""
