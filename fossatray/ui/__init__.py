"""What a person sees: tray, glow card, windows. Knows core, the store's reader and the engine's commands; no database."""
