"""The rules of accounts: pure, without storage, messages or a clock. Hashing of passwords is passed in."""
