"""The pages, one noun a file: routes, the struct that a template draws, and the function that makes it."""
