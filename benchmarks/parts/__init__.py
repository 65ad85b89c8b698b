"""What several benchmarks share: a light load driver, a sink, the floor they are measured against."""
