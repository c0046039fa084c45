"""What the service was taught and brought: models of actions, exercises, persons. Written by the desk alone."""
