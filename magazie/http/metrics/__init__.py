"""What Prometheus is told: gathered on the event loop, written elsewhere."""
