package io.millrace.protocol.predicate;

import io.millrace.protocol.value.RandomValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Predicates of every kind over the fields {@code a} to {@code d}, from a seed. */
public final class RandomPredicates {
    private final Random random;
    private final RandomValues values;

    public RandomPredicates(long seed) {
        random = new Random(seed);
        values = new RandomValues(seed);
    }

    public Predicate next(int depth) {
        return switch (random.nextInt(depth > 0 ? 10 : 7)) {
            case 0 -> new Predicate.Compare(field(), comparison(), constant());
            case 1 -> new Predicate.CompareFields(field(), comparison(), field());
            case 2 -> new Predicate.In(field(), List.of(constant(), constant()));
            case 3 -> new Predicate.Contains(field(), constant());
            case 4 -> new Predicate.StartsWith(field(), values.nextText());
            case 5 -> new Predicate.Exists(field(), random.nextBoolean());
            case 6 ->
                new Predicate.Like(field(), random.nextBoolean() ? "%" + values.nextText() : values.nextText() + "_%");
            case 7 -> new Predicate.And(operands(depth));
            case 8 -> new Predicate.Or(operands(depth));
            default -> new Predicate.Not(next(depth - 1));
        };
    }

    /** Returns a row that has some of the fields. */
    public Predicate.Row row() {
        List<@Nullable Object> row = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            row.add(random.nextInt(3) == 0 ? null : constant());
        }
        return field -> row.get(field.charAt(0) - 'a');
    }

    private List<Predicate> operands(int depth) {
        List<Predicate> operands = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            operands.add(next(depth - 1));
        }
        return operands;
    }

    private String field() {
        return String.valueOf((char) ('a' + random.nextInt(4)));
    }

    private Comparison comparison() {
        return Comparison.values()[random.nextInt(6)];
    }

    private Object constant() {
        Object value = switch (random.nextInt(4)) {
            case 0 -> values.nextLong();
            case 1 -> values.nextDouble();
            case 2 -> random.nextBoolean();
            default -> values.nextText();
        };
        return Objects.requireNonNull(value);
    }
}
