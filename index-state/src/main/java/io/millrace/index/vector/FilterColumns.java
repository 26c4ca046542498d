package io.millrace.index.vector;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a filter may ask of the rows of an index, in memory. Rows with equal values are of one class, and a condition is
 * evaluated once a class and search: a few distinct values cost a search next to nothing, however many the rows.
 */
final class FilterColumns {
    static final byte[] NOTHING = {};

    /** Up to so many classes every one is counted; beyond, a sample of rows. */
    private static final int COUNTED_MAX = 4096;

    private static final int SAMPLE = 1024;

    private final Map<ByteBuffer, Integer> byValues = new HashMap<>();
    private final List<byte[]> values = new ArrayList<>();
    private final SlotAllocator classes = new SlotAllocator();
    private int[] rowsOfClass = new int[4];
    private int[] classOfRow = new int[16];
    private long valueBytes;

    /** Takes the encoded values of a row that has none here. */
    void add(int row, byte[] entries) {
        if (row >= classOfRow.length) {
            classOfRow = Arrays.copyOf(classOfRow, Math.max(row + 1, classOfRow.length * 2));
        }
        int known = byValues.getOrDefault(ByteBuffer.wrap(entries), -1);
        int chosen = known < 0 ? open(entries) : known;
        classOfRow[row] = chosen;
        rowsOfClass[chosen]++;
    }

    private int open(byte[] entries) {
        int opened = classes.allocate();
        if (opened == values.size()) {
            values.add(entries);
            rowsOfClass = opened < rowsOfClass.length ? rowsOfClass : Arrays.copyOf(rowsOfClass, opened * 2);
        } else {
            values.set(opened, entries);
        }
        rowsOfClass[opened] = 0;
        byValues.put(ByteBuffer.wrap(entries), opened);
        valueBytes += entries.length;
        return opened;
    }

    void remove(int row) {
        int left = classOfRow[row];
        if (--rowsOfClass[left] == 0) {
            byValues.remove(ByteBuffer.wrap(values.get(left)));
            valueBytes -= values.get(left).length;
            values.set(left, NOTHING);
            classes.free(left);
        }
    }

    byte[] of(int row) {
        return values.get(classOfRow[row]);
    }

    int classes() {
        return classes.count();
    }

    /** Evaluates a condition over the rows below {@code rowsEnd}; good until the next change. */
    Verdicts judge(RowTest test, int rowsEnd) {
        return new Verdicts(test, rowsEnd);
    }

    long memoryBytes() {
        return 4L * classOfRow.length + 120L * classes.count() + valueBytes;
    }

    /** Which classes pass a condition, as far as was asked. */
    final class Verdicts implements ApproximateIndex.Passing {
        private static final byte PASSES = 1;
        private static final byte FAILS = 2;

        private final RowTest test;
        private final byte[] verdicts = new byte[values.size()];

        private final int rowsEnd;

        private Verdicts(RowTest test, int rowsEnd) {
            this.test = test;
            this.rowsEnd = rowsEnd;
        }

        @Override
        public boolean passes(int row) {
            return ofClass(classOfRow[row]);
        }

        private boolean ofClass(int of) {
            byte verdict = verdicts[of];
            if (verdict == 0) {
                verdict = test.passes(values.get(of)) ? PASSES : FAILS;
                verdicts[of] = verdict;
            }
            return verdict == PASSES;
        }

        @Override
        public long estimate() {
            return classes.count() <= COUNTED_MAX ? count() : estimateOfSample();
        }

        private long count() {
            long count = 0;
            for (int each = 0; each < values.size(); each++) {
                count += classes.isUsed(each) && ofClass(each) ? rowsOfClass[each] : 0;
            }
            return count;
        }

        // The class of a free row is that of the row it was: about as good as any.
        private long estimateOfSample() {
            int step = Math.max(1, rowsEnd / SAMPLE);
            long passing = 0;
            long seen = 0;
            for (int row = 0; row < rowsEnd; row += step) {
                passing += passes(row) ? 1 : 0;
                seen++;
            }
            return passing * rowsEnd / Math.max(1, seen);
        }
    }
}
