"""Parts of `benchmarks/corpus.py`: corpora made from clips, workers that are killed, engines side by side."""
