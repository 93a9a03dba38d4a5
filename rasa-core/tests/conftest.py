"""Every test process runs Rasa as the server does: without TensorFlow."""

from munbot_rasa.serving.server import prepare_process

prepare_process()
