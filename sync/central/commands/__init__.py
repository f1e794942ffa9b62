"""The command line, one file per noun. Thin: parse, call, print."""
