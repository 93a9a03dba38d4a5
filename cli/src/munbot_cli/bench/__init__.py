"""Speed and size of the platform in containers: `./munbot bench --compose`."""
