package io.millrace.benchmarks.ingest;

import java.util.EnumMap;
import java.util.Map;

/** The events of a run: new documents and edges are numbered through, changed documents are old ones again. */
final class Events implements AutoCloseable {
    private final EventFiller filler;
    private final long vertices;
    private final Map<Workload, Long> next = new EnumMap<>(Workload.class);

    /** @param vertices how many documents edges choose their ends from */
    Events(EventFiller filler, long vertices) {
        this.filler = filler;
        this.vertices = vertices;
    }

    /** Writes new events. */
    synchronized Segment fill(Workload workload, long count) {
        return filler.fill(workload, count, () -> next.merge(workload, 1L, Long::sum) - 1, vertices);
    }

    /** Writes again documents that there are already, any. */
    synchronized Segment change(long count) {
        return filler.fill(Workload.DOCUMENTS, count, () -> filler.random().nextLong(documents()), vertices);
    }

    /** Returns how many documents there are. */
    long documents() {
        return next.getOrDefault(Workload.DOCUMENTS, 0L);
    }

    @Override
    public void close() {
        filler.close();
    }
}
