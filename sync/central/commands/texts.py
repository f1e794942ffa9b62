"""Texts in two languages from the options of a command."""

from sync.contract.text import Text, nfc


def text_of(vietnamese: str, english: str) -> Text:
    """The text in the languages that were given."""
    return {language: nfc(words) for language, words in (("vi", vietnamese), ("en", english)) if words}
