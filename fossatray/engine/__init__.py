"""What happens when: the one thread that plans, starts, stores and tells. Only `engine` knows Qt."""
