"""The papers of a procedure as a short list, one a line."""

from munbot_actions.dialogue.reply import LONGEST_BUBBLE, Texts
from munbot_actions.understanding.normalise import shorten

_LONGEST_PAPER = 120


def listed(texts: Texts, key: str, papers: list[str], room: int = LONGEST_BUBBLE, **values: object) -> str:
    """Write the text `key` with its `{papers}` one a line.

    Args:
        texts: what citizens read.
        key: of the text.
        papers: what a procedure asks for.
        room: characters that the whole may take; what does not fit is counted in the last line.
        values: of the text.

    Returns:
        The text; empty where there are no papers or no room for the first.
    """
    for shown in range(len(papers), 0, -1):
        lines = [f"• {shorten(paper, _LONGEST_PAPER)}" for paper in papers[:shown]]
        if rest := len(papers) - shown:
            lines.append(texts.get("papers.more", count=rest))
        text = texts.get(key, papers="\n".join(lines), **values)
        if len(text) <= room:
            return text
    return ""
