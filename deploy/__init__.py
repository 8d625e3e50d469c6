"""How Dextra runs: the one-process local run, the containers, and what both need around the services."""
