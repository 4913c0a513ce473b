"""What a person sees of a trace: steps, explanation, picture."""
