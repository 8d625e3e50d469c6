"""What services stand on, and the only thing they share: `contracts` (the language) and `platform` (the ground)."""
