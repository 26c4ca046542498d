package io.millrace.benchmarks.ingest;

import static io.millrace.benchmarks.measure.Report.say;

import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Measures how fast the job takes events in that wait in the topic, against the bare loop. The job is stopped between. */
final class Speed {
    /** The share of a segment that does not count: connections, first fetches, the first memtables. */
    private static final double WARM_UP_SHARE = 0.2;

    private final JobUnderTest job;
    private final Events events;
    private final IngestRounds results;
    private final PrintWriter out;
    private final Map<Workload, BareLoop> peers = new EnumMap<>(Workload.class);

    Speed(JobUnderTest job, Events events, Map<Workload, BareLoop> peers, IngestRounds results, PrintWriter out) {
        this.job = job;
        this.events = events;
        this.peers.putAll(peers);
        this.results = results;
        this.out = out;
    }

    /**
     * Measures one workload once; the job is stopped before and after.
     *
     * @param round counts from 1; what lower ones bring is shown and forgotten
     */
    void round(Workload workload, long count, int round) throws InterruptedException {
        Measured measured = measure(workload, count, round);
        if (round > 0) {
            results.addSpeed(workload.name().toLowerCase(Locale.ROOT), measured.ours, measured.peer);
        }
    }

    private record Measured(Intake ours, Intake peer) {}

    private Measured measure(Workload workload, long count, int round) throws InterruptedException {
        long start = System.nanoTime();
        Segment segment = events.fill(workload, count);
        double fillS = (System.nanoTime() - start) / 1e9;
        boolean peerFirst = Math.floorMod(round, 2) == 1;
        Intake peer = peerFirst ? peer(workload, segment) : null;
        job.start();
        Intake ours = job.watch(segment, WARM_UP_SHARE);
        job.stop();
        if (peer == null) {
            peer = peer(workload, segment);
        }
        say(
                out,
                "%s %-9s job %8.0f/s %5.1f us  bare loop %8.0f/s %5.1f us  ratio %.2f  (%d B an event, %s first, filled in"
                        + " %.0f s)",
                round <= 0 ? "warm-up" : "round " + round,
                workload,
                ours.perSecond(),
                ours.cpuMicros(),
                peer.perSecond(),
                peer.cpuMicros(),
                ours.perSecond() / peer.perSecond(),
                segment.bytes() / segment.events(),
                peerFirst ? "bare loop" : "job",
                fillS);
        return new Measured(ours, peer);
    }

    private Intake peer(Workload workload, Segment segment) throws InterruptedException {
        BareLoop peer = peers.get(workload);
        if (peer == null) {
            throw new IllegalStateException(workload + " has no bare loop");
        }
        return peer.run(segment, WARM_UP_SHARE);
    }
}
