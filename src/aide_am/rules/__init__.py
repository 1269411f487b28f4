"""The rules, one module a chapter of the rule book, each function under its rule id."""
