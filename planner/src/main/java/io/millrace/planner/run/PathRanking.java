package io.millrace.planner.run;

import io.millrace.planner.explain.NodeKind;
import io.millrace.planner.fusion.RankedList;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.RowKeys;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The rows that a pattern binds and a search could find, by the length of the shortest path and then by id. */
final class PathRanking implements Inquiry {
    private static final int CHUNK_MIN = 256;

    private final SearchVectors search;
    private final List<Map.Entry<Vertex, Integer>> order;
    private final int window;
    private final MemoryMeter memory;
    private final Map<Object, Object[]> found = new HashMap<>();
    private final List<Object[]> rows = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private int asked;
    private int taken;

    /** @param anchors what the pattern binds, and how long the shortest path is */
    PathRanking(SearchVectors search, SortedMap<Vertex, Integer> anchors, int window, MemoryMeter memory) {
        this.search = search;
        this.window = window;
        this.memory = memory;
        order = new ArrayList<>(anchors.entrySet());
        order.sort(Comparator.comparing(Map.Entry::getValue));
    }

    @Override
    public NodeKind part() {
        return NodeKind.VECTOR_SEARCH;
    }

    @Override
    public @Nullable FragmentOperation start() {
        return next();
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        memory.add(MemoryMeter.bytesOf(partial.rows()));
        for (Object[] row : partial.rows()) {
            found.put(row[0], row);
        }
    }

    @Override
    public @Nullable FragmentOperation next() {
        for (; taken < asked && rows.size() < window; taken++) {
            Object[] row = found.get(order.get(taken).getKey().id());
            if (row != null) {
                rows.add(row);
                lengths.add(order.get(taken).getValue());
            }
        }
        if (rows.size() >= window || asked == order.size()) {
            return null;
        }
        int end = (int) Math.min(order.size(), asked + Math.max(CHUNK_MIN, 2L * window));
        List<String> keys = order.subList(asked, end).stream()
                .map(entry -> entry.getKey().key())
                .toList();
        asked = end;
        return search.withQuery(search.query(), keys.size()).among(new RowKeys(keys, false), false);
    }

    List<Object[]> rows() {
        return rows;
    }

    List<RankedList.Entry> entries() {
        List<RankedList.Entry> entries = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            entries.add(new RankedList.Entry(rows.get(i)[0], lengths.get(i)));
        }
        return entries;
    }
}
