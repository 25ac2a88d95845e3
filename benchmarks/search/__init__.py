"""What a candidate costs besides the model, and whether it costs more with every one that there is."""
