"""Rules of time and timesheets. Pure: no storage, no messages, no clock."""
