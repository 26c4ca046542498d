package io.millrace.index.document;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the columns that a fragment asks for of encoded rows; vectors come from their own state. */
public final class Projection {
    private final RowFilter rows;
    private final @Nullable Operand[] operands;
    private final CollectionBinding collection;

    public Projection(CollectionBinding collection, List<String> columns) {
        this.collection = collection;
        rows = RowFilter.all(collection);
        operands = new Operand[columns.size()];
        for (int i = 0; i < operands.length; i++) {
            operands[i] = rows.operand(columns.get(i));
        }
    }

    public int size() {
        return operands.length;
    }

    /** Writes the columns of the row to {@code target} from {@code offset}; an unknown column is null. */
    public void read(DocumentStore store, byte[] key, byte[] row, @Nullable Object[] target, int offset) {
        RowCursor cursor = rows.read(key, row);
        for (int i = 0; i < operands.length; i++) {
            Operand operand = operands[i];
            target[offset + i] = operand == null
                    ? null
                    : operand instanceof Operand.Vector vector
                            ? store.vector(collection, vector.ordinal(), key)
                            : operand.value(cursor);
        }
    }
}
