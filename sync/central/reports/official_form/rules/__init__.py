"""The 21 rules, by the part of the page that they concern. Each is a function of a document."""
