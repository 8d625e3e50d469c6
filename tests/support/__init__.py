"""Brokers and databases of the tests: real servers, started by the tests on free ports and gone with them."""
