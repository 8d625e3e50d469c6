"""From a notice to an e-mail in its reader's language: words, formats, templates, and the way to the SMTP server."""
