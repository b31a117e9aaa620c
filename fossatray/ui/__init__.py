"""What a person sees: tray, glow card, windows. Knows core, the store's reader, the engine's commands."""
