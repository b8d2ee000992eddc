"""The application: settings, wiring, agents, accounting, health and the command line."""
