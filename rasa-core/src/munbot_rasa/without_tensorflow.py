"""Let Rasa start without TensorFlow, which our pipeline and policies never use.

Rasa 3.6 imports TensorFlow in the modules of its neural components, and its server imports all of these. That costs
about 370 MB of resident memory and 6 s at every start, for code that a pipeline without DIET or TED never runs. This
module puts a stand-in under TensorFlow's names, good enough for those modules to *define* their classes; whoever tries
to *use* one of them gets a clear error. `comparison.py` trains DIET for docs/nlu.md and therefore does not install it.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

REPLACED = ("tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras")


class TensorFlowMissingError(RuntimeError):
    """Say that a neural component was used in a process that runs without TensorFlow."""


class _StandInType(type):
    """Answer every attribute with another stand-in, so that `tf.keras.layers.Layer` can be a base class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        child = _StandInType(name, (), {"__module__": f"{cls.__module__}.{cls.__name__}"})
        setattr(cls, name, child)
        return child

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if args and callable(args[0]) and not kwargs:
            return args[0]  # used as a decorator: @tf.function
        if kwargs and not args:
            return lambda decorated: decorated  # used as @tf.function(...)
        raise TensorFlowMissingError(
            f"{cls.__name__} needs TensorFlow, and this process runs without it. "
            "Set RASA_WITH_TENSORFLOW=1 to use neural components."
        )


class _Module(ModuleType):
    __path__: Sequence[str] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        child = _StandInType(name, (), {"__module__": self.__name__})
        setattr(self, name, child)
        return child


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in REPLACED:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        module.__path__ = []


def install() -> None:
    """Put the stand-in before TensorFlow for the rest of this process; once is enough.

    Raises:
        RuntimeError: when TensorFlow was already imported, so that nothing could be saved.
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    if "tensorflow" in sys.modules:
        raise RuntimeError("TensorFlow is already imported: install the stand-in first")
    sys.meta_path.insert(0, _Finder())
