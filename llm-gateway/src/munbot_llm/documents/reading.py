"""What a reader gives back."""

from dataclasses import dataclass, field

from munbot_llm.documents.blocks import Block


@dataclass(slots=True)
class Reading:
    """A document's blocks, the title it gives itself (or none), and warnings in Spanish."""

    blocks: list[Block]
    title: str = ""
    warnings: list[str] = field(default_factory=list)
