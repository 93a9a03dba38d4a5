"""Finds the modules of this folder, those that look after processes, and the dialogue tests' pictures."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode puts no test folder on the path
sys.path += [str(Path(__file__).parents[1] / name) for name in ("e2e", "dialogues")]
