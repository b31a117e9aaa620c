"""The local socket: one running FossaTray, spoken to by the command line and by a second start."""
