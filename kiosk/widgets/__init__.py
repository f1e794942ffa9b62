"""What screens are made of: faces, tiles, keyboard, theme."""
