"""What ``deploy/`` promises."""
