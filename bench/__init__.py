"""The benchmark: `make bench` measures waia beside ceilings taken in the same run, and writes docs/benchmark.md."""
