package io.millrace.benchmarks.requests;

import static io.millrace.benchmarks.measure.Statistics.median;

import io.millrace.benchmarks.measure.Figures;
import io.millrace.benchmarks.measure.Samples;
import io.millrace.benchmarks.measure.Statistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What the rounds brought, and the figures made of it: medians over the rounds, of ratios within a round. */
final class RequestRounds {
    private final List<Integer> steps;
    private final List<List<Samples>> oneAtATime = new ArrayList<>();
    private final List<Samples> rate = new ArrayList<>();
    private final List<Samples> echoRate = new ArrayList<>();

    /** @param steps of each kind of request, the first with one step */
    RequestRounds(List<Integer> steps) {
        this.steps = List.copyOf(steps);
    }

    /** @param samples by kind of request, and at last of the echo */
    void oneAtATime(List<Samples> samples) {
        oneAtATime.add(samples);
    }

    void atRate(Samples ours, Samples echo) {
        rate.add(ours);
        echoRate.add(echo);
    }

    String lastRound() {
        int last = rate.size() - 1;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < steps.size(); i++) {
            line(text, steps.get(i) + " steps", oneAtATime.get(last).get(i));
        }
        line(text, "echo", echo(oneAtATime.get(last)));
        line(text, "1 step at rate", rate.get(last));
        line(text, "echo at rate", echoRate.get(last));
        return text.append(String.format(Locale.ROOT, "  a dependent step costs %.3f ms", hopMs(oneAtATime.get(last))))
                .toString();
    }

    private static void line(StringBuilder text, String name, Samples samples) {
        text.append(String.format(Locale.ROOT, "  %-15s %s%n", name, samples));
    }

    Figures figures() {
        return new Figures()
                .put("request_p50_ms", over(oneAtATime, round -> round.get(0).p50Ms()), "ms")
                .put("request_p95_ms", over(oneAtATime, round -> round.get(0).p95Ms()), "ms")
                .put("request_p99_ms", over(oneAtATime, round -> round.get(0).p99Ms()), "ms")
                .put("echo_p50_ms", over(oneAtATime, round -> echo(round).p50Ms()), "ms")
                .put("echo_p99_ms", over(oneAtATime, round -> echo(round).p99Ms()), "ms")
                .put(
                        "request_p50_ratio",
                        over(
                                oneAtATime,
                                round -> round.get(0).p50Ms() / echo(round).p50Ms()),
                        "x")
                .put("request_rate_p50_ms", over(rate, Samples::p50Ms), "ms")
                .put("request_rate_p95_ms", over(rate, Samples::p95Ms), "ms")
                .put("request_rate_p99_ms", over(rate, Samples::p99Ms), "ms")
                .put("echo_rate_p50_ms", over(echoRate, Samples::p50Ms), "ms")
                .put("echo_rate_p99_ms", over(echoRate, Samples::p99Ms), "ms")
                .put("request_rate_p50_ratio", rateRatio(), "x")
                .put("step_hop_p50_ms", over(oneAtATime, this::hopMs), "ms");
    }

    private double rateRatio() {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < rate.size(); i++) {
            ratios.add(rate.get(i).p50Ms() / echoRate.get(i).p50Ms());
        }
        return median(ratios);
    }

    private double hopMs(List<Samples> round) {
        double[] x = steps.stream().mapToDouble(Integer::doubleValue).toArray();
        double[] y =
                round.subList(0, x.length).stream().mapToDouble(Samples::p50Ms).toArray();
        return Statistics.slope(x, y);
    }

    private static Samples echo(List<Samples> round) {
        return round.get(round.size() - 1);
    }

    private static <T> double over(List<T> rounds, ToDoubleFunction<T> value) {
        return median(rounds.stream().map(value::applyAsDouble).toList());
    }
}
