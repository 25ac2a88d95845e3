"""Programs that evolve towards a larger number, after FunSearch (Romera-Paredes et al., Nature 2023)."""
