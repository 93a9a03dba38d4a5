"""The part of a passage that answers."""

from munbot_llm.documents.sentences import sentences

LIMIT = 600


def trim(text: str, best: int, limit: int = LIMIT) -> str:
    """Return the sentences from the `best` one on that fit into `limit` characters, at least one."""
    found = sentences(text)
    start = text.index(found[best]) if found else 0
    end, at = start, start
    for sentence in found[best:]:
        begin = text.index(sentence, at)
        at = begin + len(sentence)
        if at - start > limit and end > start:
            break
        end = at
    return text[start:end]
