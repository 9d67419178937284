"""Start-up curve and trumpet curve from a list of samples, by the sample flows Qi of the published formulas.

    accuracy_curves.py FILE RATE SAMPLE_MIN FROM_MIN TO_MIN STARTUP_MIN WINDOW…

FILE has lines of "seconds,millilitres". Prints one JSON object. Reckons in fractions, so that nothing is
rounded before the end, and with the flow of each interval, as the formulas are printed; nothing of it is
shared with the program that it is held against.
"""
import bisect
import json
import sys
from fractions import Fraction


def main(path, *numbers):
    rate, sample, begin, end, start_up, *windows = (Fraction(number) for number in numbers)
    with open(path, encoding="utf-8") as file:
        rows = [tuple(map(Fraction, line.split(","))) for line in file if line.strip()]

    moments = [moment for moment, _ in rows]

    def weight(moment):
        """W at a moment, s: a straight line between the samples around it."""
        index = bisect.bisect_right(moments, moment) - 1
        (before, low), (after, high) = rows[index], rows[min(index + 1, len(rows) - 1)]
        if not before <= moment <= after:
            raise ValueError(f"no samples around {moment} s")
        return low if after == before else low + (high - low) * (moment - before) / (after - before)

    def flows(first, last):
        """Qi = 60 · (Wi − Wi−1) / S, in mL/h, for every interval from one moment to another, min."""
        count = int((last - first) / sample + Fraction(1, 1000000))  # the moments are rounded numbers
        weights = [weight((first + i * sample) * 60) for i in range(count + 1)]
        return [60 * (b - a) / sample for a, b in zip(weights, weights[1:])]

    analysed = flows(begin, end)
    curve = []
    for window in windows:
        width = int(window / sample)
        if width > len(analysed):
            continue
        errors = [
            sample / window * sum(100 * (flow - rate) / rate for flow in analysed[j:j + width])
            for j in range(len(analysed) - width + 1)]
        curve.append([float(window), float(max(errors)), float(min(errors)), len(errors)])
    mean = 100 * (sum(analysed) / len(analysed) - rate) / rate
    print(json.dumps({
        "mean": float(mean), "trumpet": curve,
        "startUp": [float(flow) for flow in flows(Fraction(0), start_up)]}))


main(*sys.argv[1:])
