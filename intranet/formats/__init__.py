"""How dates are written, where Django differs from Canadian usage."""
