"""Settings: ``env`` reads the environment, ``base`` holds everything, the variants override few names."""
