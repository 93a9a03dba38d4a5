"""Train the model and remember what it was made from."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from munbot_rasa.components.encoder import CACHE_VARIABLE
from munbot_rasa.project import Project


class TrainingError(RuntimeError):
    """Say that Rasa did not produce a model."""


def train(project: Project, *, force: bool = False) -> bool:
    """Train unless the model on disk already comes from the present inputs.

    The finished model replaces the old one in one step, so that a server that starts meanwhile reads one or the other.

    Args:
        project: whose files are read and whose model is written.
        force: train even if nothing changed.

    Returns:
        Whether a model was trained.

    Raises:
        TrainingError: when Rasa reports a failure.
    """
    inputs = project.inputs_hash()
    print(f"inputs {inputs}")
    if not force and project.is_current():
        print(f"model is current: {project.model}")
        return False
    began = time.monotonic()
    project.models.mkdir(parents=True, exist_ok=True)
    # Rasa's own cache of training steps is larger than what it saves here.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["LOG_LEVEL"] = "WARNING"  # by which Rasa decides whether to draw its progress bars
    os.environ[CACHE_VARIABLE] = str(project.models / "embeddings.npz")
    import rasa.model_training

    with tempfile.TemporaryDirectory(dir=project.models, prefix=".training-") as folder:
        os.environ["RASA_CACHE_DIRECTORY"] = str(Path(folder) / "cache")
        result = rasa.model_training.train(
            domain=str(project.domain),
            config=str(project.config),
            training_files=[str(project.data)],
            output=folder,
            force_training=True,
            fixed_model_name=project.model.name,
        )
        if result.code != 0 or result.model is None:
            raise TrainingError(f"Rasa ended with code {result.code}")
        project.hash_file.unlink(missing_ok=True)
        Path(result.model).replace(project.model)
    project.hash_file.write_text(inputs + "\n")
    print(f"model trained in {time.monotonic() - began:.1f} s: {project.model}")
    return True
