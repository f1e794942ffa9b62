"""Work that one account takes and closes: what alerts, remarks and remedies share."""
