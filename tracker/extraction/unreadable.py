"""Why the text of a file could not be had, in a sentence for whoever looks at the file."""


class Unreadable(Exception):
    """The text of a file cannot be had; its one argument is a sentence of this module."""


NOT_READ = "The text in files of this kind is not read."
NOT_ITS_KIND = "The content of the file is not what its name says."
ENCRYPTED = "The file is encrypted."
DAMAGED = "The file is damaged, or written in a way that is not understood."
TOO_BIG = "The file unfolds into more than can be read."
TOO_LONG = "Reading the file took too long."

CODES = {NOT_ITS_KIND: 64, ENCRYPTED: 65, DAMAGED: 66, TOO_BIG: 67}
"""How the process that reads tells the other one: nothing that a file contains can put words into its mouth."""
