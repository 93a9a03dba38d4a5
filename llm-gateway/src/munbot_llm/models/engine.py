"""llama.cpp through llama-cpp-python: one model, one context, one thread. Imported by the child alone.

What the binding's own chat completion does not do, and this does: it can be stopped while it reads the prompt, it
counts before it reads, it keeps characters whole whose bytes come in two tokens, it loses no token whose text is
longer than 32 bytes, and it does not take a citizen's `<|im_end|>` for the end of their message.
"""

import codecs
import ctypes
import re
import secrets
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from munbot_llm.models.stops import StopFilter

BATCH_TOKENS = 512
_TEMPLATE = "tokenizer.chat_template"
_MIN_CONTROL_CHARACTERS = 3
_PLAIN = False  # control tokens have no text


class TemplateMissing(Exception):
    """The file does not say how a chat is written down for its model."""


class MessagesRefused(Exception):
    """The model's chat template does not accept these messages, such as two of the user's in a row."""


class Aborted(Exception):
    """The request was given up."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen, and when to stop."""

    max_tokens: int
    temperature: float = 0.2
    top_p: float = 0.95
    seed: int | None = None
    stop: tuple[str, ...] = ()
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0


class AbortFlag:
    """Two bytes that llama.cpp looks at between the nodes of its graph, without a word of Python.

    Its abort callback is `bool f(void *data)`. The C library's `strlen` is such a function: of "" it is 0, of "x" it
    is 1. A callback written in Python would be called a thousand times a token, each time asking for the interpreter.
    """

    def __init__(self) -> None:
        self._bytes = ctypes.create_string_buffer(b"\0", 2)
        strlen = ctypes.CDLL(None).strlen
        self._function = ctypes.cast(strlen, llama_cpp.ggml_abort_callback)

    def attach(self, context: Any) -> None:
        """Make a llama context look at this flag."""
        llama_cpp.llama_set_abort_callback(context, self._function, ctypes.cast(self._bytes, ctypes.c_void_p))

    @property
    def raised(self) -> bool:
        """Whether the work is to stop."""
        return self._bytes[0] != b"\0"

    def put(self) -> None:
        """Stop the work under way; any thread may."""
        self._bytes[0] = b"x"

    def clear(self) -> None:
        """Let the next work begin."""
        self._bytes[0] = b"\0"


class Engine:
    """A loaded model.

    Args:
        path: the GGUF file.
        context_tokens: prompt and answer together.
        threads: for reading the prompt and for writing.
        gpu_layers: how many layers go to the graphics card; -1: all.

    Raises:
        TemplateMissing: the file has no chat template.
        ValueError: llama.cpp cannot read the file.
    """

    def __init__(self, path: Path, *, context_tokens: int, threads: int, gpu_layers: int = 0) -> None:
        self._llama = llama_cpp.Llama(
            str(path),
            n_ctx=context_tokens,
            n_batch=BATCH_TOKENS,
            n_threads=threads,
            n_threads_batch=threads,
            n_gpu_layers=gpu_layers,
            verbose=False,
        )
        template = self._llama.metadata.get(_TEMPLATE, "")
        if not template.strip():
            raise TemplateMissing
        self.abort = AbortFlag()
        self.abort.attach(self._llama.ctx)
        self.context_tokens = int(self._llama.n_ctx())
        self._vocabulary = llama_cpp.llama_model_get_vocab(self._llama.model)
        self._format = Jinja2ChatFormatter(
            template=template,
            eos_token=self._text(self._llama.token_eos()),
            bos_token=self._text(self._llama.token_bos()),
        )
        self._control = self._control_pattern()
        self._piece = ctypes.create_string_buffer(256)

    @property
    def description(self) -> str:
        """The model's name as its file gives it, or an empty text."""
        return str(self._llama.metadata.get("general.name", ""))

    def tokens_of(self, messages: Sequence[Mapping[str, str]]) -> list[int]:
        """Return the prompt's tokens, up to where the answer begins.

        Raises:
            MessagesRefused: the template does not accept the messages.
        """
        harmless = [{**message, "content": self._disarm(message["content"])} for message in messages]
        try:
            prompt = self._format(messages=harmless).prompt
        except Exception as error:  # the template is the file's: whatever it throws is about these messages
            raise MessagesRefused(str(error)) from error
        text = prompt.encode("utf-8", "replace")
        return list(self._llama.tokenize(text, add_bos=False, special=True))

    def cached(self, tokens: Sequence[int]) -> int:
        """Return how many tokens from the start on are in the context from the last request, and need no reading."""
        kept = self._llama.input_ids[: self._llama.n_tokens].tolist()
        return next(
            (i for i, (a, b) in enumerate(zip(kept, tokens, strict=False)) if a != b), min(len(kept), len(tokens))
        )

    def generate(self, tokens: Sequence[int], sampling: Sampling) -> Iterator[tuple[str, str]]:
        """Yield (text, "") for each token, then (rest, "stop" or "length").

        A text may be empty: a token that is half a character, or that may begin a stop string.

        Raises:
            Aborted: the flag was raised.
        """
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        stops = StopFilter(sampling.stop)
        self._llama.set_seed(secrets.randbits(32) if sampling.seed is None else sampling.seed % 2**32)
        finish = "length"
        with closing(self._sample(tokens, sampling)) as sampled:
            for count, token in enumerate(sampled, start=1):
                if llama_cpp.llama_vocab_is_eog(self._vocabulary, token):
                    finish = "stop"
                    break
                text = stops.feed(decoder.decode(self._bytes_of(token)))
                yield text, ""
                if stops.stopped:
                    finish = "stop"
                    break
                if count >= sampling.max_tokens:
                    break
        yield stops.rest(), finish  # bytes of a character that was never finished are left out

    def _sample(self, tokens: Sequence[int], sampling: Sampling) -> Generator[int, None, None]:
        generated = self._llama.generate(
            tokens,
            temp=sampling.temperature,
            top_p=sampling.top_p,
            presence_penalty=sampling.presence_penalty,
            frequency_penalty=sampling.frequency_penalty,
            repeat_penalty=1.0,
        )
        with closing(generated):
            while True:
                try:
                    token = next(generated)
                except RuntimeError as error:  # llama_decode says 2 when the callback stopped it
                    if self.abort.raised:
                        raise Aborted from error
                    raise
                if self.abort.raised:
                    raise Aborted
                yield token

    def _bytes_of(self, token: int) -> bytes:
        size = llama_cpp.llama_token_to_piece(self._vocabulary, token, self._piece, len(self._piece), 0, _PLAIN)
        if size < 0:
            self._piece = ctypes.create_string_buffer(-size)
            return self._bytes_of(token)
        return self._piece.raw[:size]

    def _text(self, token: int) -> str:
        if token < 0:
            return ""
        return bytes(llama_cpp.llama_vocab_get_text(self._vocabulary, token)).decode("utf-8", "replace")

    def _control_pattern(self) -> re.Pattern[str]:
        """Return what finds the texts that the tokenizer would take for control tokens."""
        count = llama_cpp.llama_vocab_n_tokens(self._vocabulary)
        control = (i for i in range(count) if llama_cpp.llama_vocab_is_control(self._vocabulary, i))
        texts = {text for i in control if len(text := self._text(i)) >= _MIN_CONTROL_CHARACTERS}
        return re.compile("|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True)) or r"(?!)")

    def _disarm(self, text: str) -> str:
        """Return a message's text in which no control token can be read: `< |im_end|>`."""
        while self._control.search(text):
            text = self._control.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)
        return text
