"""What every service stands on, and the only thing they share: `contracts` (the language) and `platform` (the ground)."""
