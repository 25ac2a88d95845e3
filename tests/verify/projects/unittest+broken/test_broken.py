import gone
