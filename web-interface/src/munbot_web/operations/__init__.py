"""What an administrator looks after: health of services, queues, dead letters."""
