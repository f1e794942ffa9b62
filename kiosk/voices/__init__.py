"""The voices that read aloud: what people recorded, and what programs make of the rest."""
