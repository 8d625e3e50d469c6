"""The charging engine: terms of a rate card and what happened, to the lines of invoices. Exact, and the same however
often it runs: time is whole seconds, money whole minor units, and each line is rounded once, half up.
docs/charging.md says how each rule charges, with worked examples."""
