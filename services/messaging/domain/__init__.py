"""The rules of messaging: pure, without storage, SMTP, templates or a clock."""
