"""Rate cards as people write and read them: the form, its kinds of prices and rules, sentences, starts, the example."""
