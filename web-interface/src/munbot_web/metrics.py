"""What the web channel counts."""

from prometheus_client import Counter, Gauge

SOCKETS = Gauge("munbot_web_sockets", "Socket.IO connections that are open")
MESSAGES_IN = Counter("munbot_web_messages_in_total", "Citizens' messages by entrance and outcome", ["via", "outcome"])
MESSAGES_OUT = Counter("munbot_web_messages_out_total", "Bubbles of the office that passed here")
FEEDBACK = Counter("munbot_web_feedback_total", "Ratings of answers by value and outcome", ["value", "outcome"])
WAITS = Counter("munbot_web_waits_total", "Requests that waited for their replies, by how that ended", ["end"])
GUARD_AWAY = Counter("munbot_web_guard_away_total", "Messages let through without Redis")
STAFF_SOCKETS = Gauge("munbot_web_staff_sockets", "Dashboards that are connected")
STAFF_EVENTS = Counter("munbot_web_staff_events_total", "Events that were passed on to open dashboards")
