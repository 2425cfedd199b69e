"""Questions answered with many races or measurements: benchmark, capacity, comparison, papers,
calibration.
"""
