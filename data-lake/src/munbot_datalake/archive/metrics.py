"""What the archive tells Prometheus."""

from prometheus_client import Counter, Gauge

EVENTS = Counter("munbot_lake_events_total", "Events by what became of them", ["outcome"])
WAITING = Gauge("munbot_lake_waiting_events", "Events that wait for a file")
FILES = Counter("munbot_lake_files_total", "Parquet files by what was done with them", ["done"])
"""`written`, `merged` (put into a larger one), `swept` (deleted, as the catalogue does not know them)."""
