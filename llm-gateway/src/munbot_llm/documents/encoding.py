"""From bytes to text: UTF-8, UTF-16 and what Windows writes."""

from munbot_llm.documents.problems import DocumentKindUnsupported, detail

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BINARY_SHARE = 0.02


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and its encoding (`utf-8`, `utf-16` or `cp1252`).

    Raises:
        DocumentKindUnsupported: bytes that are no text in any of them.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(data.decode(encoding, errors="replace")), encoding.removesuffix("-sig")
    wide = _utf_16_without_mark(data)
    if wide:
        return _checked(data.decode(wide, errors="replace")), "utf-16"
    try:
        return _checked(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError as error:
        if error.end >= len(data) - 1 or _nearly_utf_8(data):
            return _checked(data.decode("utf-8", errors="replace")), "utf-8"
    return _checked(data.decode("cp1252", errors="replace")), "cp1252"


def _utf_16_without_mark(data: bytes) -> str:
    sample = data[:2000]
    if len(sample) < 8 or len(data) % 2:
        return ""
    half = len(sample) // 2
    if sample[1::2].count(0) > 0.6 * half and sample[0::2].count(0) == 0:
        return "utf-16-le"
    if sample[0::2].count(0) > 0.6 * half and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return ""


def _nearly_utf_8(data: bytes) -> bool:
    """Say whether the odd byte is broken and the other accents are UTF-8."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return broken * 20 < sum(ord(letter) > 127 for letter in text) - broken


def _checked(text: str) -> str:
    odd = sum(1 for letter in text if (letter < " " and letter not in "\t\n\r\f\x0b") or letter == "\ufffd")
    if odd > _BINARY_SHARE * len(text) + 1:
        raise DocumentKindUnsupported(detail("text_broken"))
    return text
