"""Which fields of an event are about a person: what the archive keeps, replaces or leaves out.

Numbers, moments, identifiers made by us, and words from a fixed list say nothing by themselves and are kept. Text is
left out unless its field is marked `Open` or `Code`: a new field is private until somebody has thought about it.
`Personal` says the same aloud, and is needed for what would be kept otherwise, such as coordinates. `Linkable` text is
replaced by a keyed pseudonym, so that one can count people without knowing them.
"""

from typing import Annotated, Final

from pydantic import Field

MARK: Final = "personal"
"""Name of the mark in a field's JSON Schema: true (left out), false (kept), or one of the following."""
LINKABLE: Final = "linkable"
"""Replaced by a pseudonym."""
CODE: Final = "code"
"""Kept where it looks like a name in a program, such as `ask_human`; left out otherwise."""

Open = Annotated[str, Field(json_schema_extra={MARK: False})]
"""Text that is about no person: the name of an office, a folio, a state."""
Personal = Annotated[str, Field(json_schema_extra={MARK: True})]
"""Text by which a person could be known, or that a person wrote."""
Linkable = Annotated[str, Field(json_schema_extra={MARK: LINKABLE})]
"""What names one person: a RUT, an address of a channel."""
Code = Annotated[str, Field(json_schema_extra={MARK: CODE})]
"""A reason or kind, chosen by a program from a list that is not written down here."""
