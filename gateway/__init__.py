"""The gateway: pages for people and an API for programs, over one thin layer of calls to the services."""
