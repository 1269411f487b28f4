"""What `bench/frames.py` measures beside `evaluate_frame`, and the dossiers that all of them answer."""
