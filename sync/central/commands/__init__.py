"""The command line, one noun a file. Thin: parse, call, print."""
