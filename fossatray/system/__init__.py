"""What the desktop offers, each as a protocol with a real and an inert implementation (docs/architecture.md)."""
