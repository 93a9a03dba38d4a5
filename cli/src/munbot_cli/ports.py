"""Whether a port is free, who has it, and which setting moves it."""

from __future__ import annotations

import socket

import psutil

from munbot_cli.project import Project

__all__ = ["holder", "port_is_taken", "port_setting"]


def port_is_taken(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether something listens on a port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def holder(port: int) -> str:
    """Name the program that listens on a port, as far as we may see it."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN
            if listens and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        pass
    return "another program"


def port_setting(project: Project, name: str) -> str:
    """Name the setting that moves the port of a ``service:port``."""
    service, _, port = name.partition(":")
    entry = project.native.get("public_ports", {}).get(service, {}).get(port)
    return str(entry["variable"]) if entry else "MUNBOT_NATIVE_PORT_BASE"
