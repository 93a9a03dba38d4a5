"""The MUNBOT_TEST_* variables by which tests and benchmarks find a running instance."""

from __future__ import annotations

from urllib.parse import quote

from munbot_cli.project import Project

__all__ = ["instance_environment"]


def instance_environment(project: Project) -> dict[str, str]:
    """Give the addresses and credentials of an instance.

    Args:
        project: the instance; its secrets must have been generated.
    """

    def secret(name: str) -> str:
        return quote((project.secrets / name).read_text(encoding="utf-8").strip(), safe="")

    def at(service: str, port: int) -> str:
        return f"127.0.0.1:{project.port(service, port)}"

    rabbitmq, mongo = secret("rabbitmq_password"), secret("mongo_password")
    return {
        "MUNBOT_TEST_PROJECT": project.name,
        "MUNBOT_TEST_PROJECT_ROOT": str(project.root),
        "MUNBOT_TEST_DATA_DIR": str(project.data),
        "MUNBOT_TEST_SECRETS_DIR": str(project.secrets),
        "MUNBOT_TEST_BASE_URL": f"http://{at('nginx', 8080)}",
        "MUNBOT_TEST_HTTPS_URL": f"https://localhost:{project.port('nginx', 8443)}",
        "MUNBOT_TEST_PUBLIC_URL": project.public_url,
        "MUNBOT_TEST_DEMO_PASSWORD": secret("demo_password"),
        "MUNBOT_TEST_SCHEDULER_URL": f"http://{at('scheduler', 8000)}",
        "MUNBOT_TEST_COMPLAINTS_URL": f"http://{at('complaints-api', 8000)}",
        "MUNBOT_TEST_CONVERSATIONS_URL": f"http://{at('conversations', 8000)}",
        "MUNBOT_TEST_LLM_URL": f"http://{at('llm-gateway', 8000)}",
        "MUNBOT_TEST_WHATSAPP_URL": f"http://{at('whatsapp-bridge', 8000)}",
        "MUNBOT_TEST_NOTIFICATIONS_URL": f"http://{at('notifications', 8000)}",
        "MUNBOT_TEST_DATALAKE_URL": f"http://{at('data-lake', 8000)}",
        "MUNBOT_TEST_SMTP_PORT": str(project.port("mailpit", 1025)),
        "MUNBOT_TEST_MAIL_DIR": str(project.data / "mail"),
        "MUNBOT_TEST_WEB_URL": f"http://{at('web-interface', 8000)}",
        "MUNBOT_TEST_SIMULATOR_URL": f"http://{at('whatsapp-simulator', 8000)}",
        "MUNBOT_TEST_ACTIONS_URL": f"http://{at('rasa-actions', 8000)}",
        "MUNBOT_TEST_RASA_URL": f"http://{at('rasa', 5005)}",
        "MUNBOT_TEST_POSTGRES_URL": (
            f"postgresql+psycopg2://postgres:{secret('postgres_password')}@{at('postgres', 5432)}/postgres"
        ),
        "MUNBOT_TEST_MONGO_URL": (
            f"mongodb://munbot:{mongo}@{at('mongo', 27017)}/?authSource=admin&directConnection=true"
        ),
        "MUNBOT_TEST_RABBITMQ_URL": f"amqp://munbot:{rabbitmq}@{at('rabbitmq', 5672)}/%2F",
        "MUNBOT_TEST_RABBITMQ_API": f"http://munbot:{rabbitmq}@{at('rabbitmq', 15672)}",
        "MUNBOT_TEST_REDIS_URL": f"redis://:{secret('redis_password')}@{at('redis', 6379)}/0",
        "MUNBOT_TEST_S3_ENDPOINT": f"http://{at('minio', 9000)}",
        "MUNBOT_TEST_S3_ACCESS_KEY": secret("s3_access_key"),
        "MUNBOT_TEST_S3_SECRET_KEY": secret("s3_secret_key"),
    }
