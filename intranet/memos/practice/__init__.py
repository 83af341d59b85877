"""How a training lives on: its steps in practice, who took part, what they thought, and the figures of all of it."""
