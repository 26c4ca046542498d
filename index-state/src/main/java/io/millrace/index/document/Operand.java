package io.millrace.index.document;

import org.jspecify.annotations.Nullable;

/** Something that has a value on every row: a field, a part of the key, or a property that all rows have. */
public sealed interface Operand {
    @Nullable Object value(RowCursor row);

    default boolean exists(RowCursor row) {
        return value(row) != null;
    }

    /** A field that is kept in the row. */
    record Stored(int ordinal) implements Operand {
        @Override
        public @Nullable Object value(RowCursor row) {
            return row.value(ordinal);
        }

        @Override
        public boolean exists(RowCursor row) {
            return row.has(ordinal);
        }
    }

    /** A VECTOR, which is kept elsewhere: the row knows only whether there is one. */
    record Vector(int ordinal) implements Operand {
        @Override
        public @Nullable Object value(RowCursor row) {
            return null;
        }

        @Override
        public boolean exists(RowCursor row) {
            return row.has(ordinal);
        }
    }

    /** A value that is computed from the key or the front of the row. */
    record Computed(Function function) implements Operand {
        @Override
        public @Nullable Object value(RowCursor row) {
            return function.value(row);
        }
    }

    /** What a {@link Computed} does. */
    @FunctionalInterface
    interface Function {
        @Nullable Object value(RowCursor row);
    }

    /** Finds the operand that a name stands for, and makes the cursor read it; null for an unknown name. */
    @FunctionalInterface
    interface Resolver {
        @Nullable Operand resolve(String name);
    }
}
