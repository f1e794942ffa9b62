"""One screen a file: it draws and reports what was touched, it decides nothing."""
