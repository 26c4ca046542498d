package io.millrace.planner.query;

import io.millrace.planner.grammar.MillraceParser.CallContext;
import io.millrace.planner.grammar.MillraceParser.ColumnContext;
import io.millrace.planner.grammar.MillraceParser.OperandContext;
import io.millrace.planner.parse.AggregateResolver;
import io.millrace.planner.query.Term.Aggregate;
import io.millrace.planner.query.Term.Constant;
import io.millrace.planner.query.Term.Score;
import io.millrace.planner.query.Term.Value;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.value.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads operands: columns, functions of them, and constants. */
final class TermReader {
    private static final String SIMILARITY = "similarity";
    private static final Map<String, Metric> METRICS = Map.of(
            "l2_distance", Metric.L2,
            "vec_l2", Metric.L2,
            "cosine_similarity", Metric.COSINE,
            "cosine_sim", Metric.COSINE,
            "inner_product", Metric.IP,
            "vec_ip", Metric.IP);

    private final List<Relation> relations;
    private final Names names;
    private final Literals literals;
    private final Indexes indexes;
    private final Words words;
    private final Map<String, Value> aliases = new HashMap<>();
    private boolean searched;
    private @Nullable Score near;

    TermReader(List<Relation> relations, Names names, Literals literals, Indexes indexes, Words words) {
        this.relations = relations;
        this.names = names;
        this.literals = literals;
        this.indexes = indexes;
        this.words = words;
    }

    /** From now on the name of an item stands for it wherever {@code aliased} is asked for. */
    void name(String alias, Value value) {
        aliases.putIfAbsent(alias, value);
    }

    /**
     * From now on {@code score} is that of the search, where no row has a field of that name.
     *
     * @param score null for that of a search that is wrong, which was reported
     */
    void near(@Nullable Score score) {
        searched = true;
        near = score;
    }

    private boolean isScore(ColumnContext tree) {
        List<String> parts = Names.parts(tree);
        if (!searched || !parts.get(parts.size() - 1).equals(Relation.SCORE) || names.isSelf(tree)) {
            return false;
        }
        Score score = near;
        Relation relation = score == null ? names.relation(parts.get(0)) : relations.get(score.relation());
        return parts.size() == 1
                ? relations.stream().noneMatch(each -> each.names().containsKey(Relation.SCORE))
                : parts.size() == 2
                        && relation != null
                        && parts.get(0).equals(relation.alias())
                        && !relation.names().containsKey(Relation.SCORE);
    }

    /** Returns what an operand behind the items stands for, where their names may be used. */
    @Nullable Term aliased(OperandContext tree) {
        Value item = tree.column() == null ? null : item(tree.column());
        return item != null ? item : read(tree);
    }

    /** Returns the item that a column names; null for none. */
    @Nullable Value item(ColumnContext tree) {
        List<String> parts = Names.parts(tree);
        return parts.size() == 1 ? aliases.get(parts.get(0)) : null;
    }

    /** Returns the term; null where it cannot be read, which is reported. */
    @Nullable Term read(OperandContext tree) {
        if (tree.column() != null) {
            return isScore(tree.column()) ? near : names.find(tree.column());
        }
        return tree.literal() != null ? literals.read(tree.literal()) : call(tree.call());
    }

    Term.@Nullable Field column(ColumnContext tree) {
        return names.find(tree);
    }

    /** Returns whether an operand is {@code similarity()}, of which more is closer whatever the metric. */
    static boolean isSimilarity(OperandContext tree) {
        return tree.call() != null && function(tree.call()).equals(SIMILARITY);
    }

    static String function(CallContext tree) {
        return Words.unquoted(tree.reference().getText()).toLowerCase(Locale.ROOT);
    }

    private @Nullable Value call(CallContext tree) {
        String name = function(tree);
        if (METRICS.containsKey(name) || name.equals(SIMILARITY)) {
            return score(tree, METRICS.get(name));
        }
        if (AggregateResolver.FUNCTIONS.contains(name)) {
            return aggregate(tree, AggregateFunction.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        TreeSet<String> known = new TreeSet<>(METRICS.keySet());
        known.add(SIMILARITY);
        known.addAll(AggregateResolver.FUNCTIONS);
        words.problems()
                .add(Words.at(tree, ErrorCode.INVALID_STATEMENT, "there is no function \"" + name + "\"")
                        .withAllowed(List.copyOf(known))
                        .withNearest(Nearest.of(name, known)));
        return null;
    }

    private @Nullable Value score(CallContext tree, @Nullable Metric written) {
        List<OperandContext> arguments = tree.operand();
        boolean swapped = arguments.size() == 2 && arguments.get(1).column() != null;
        OperandContext column = arguments.size() == 2 ? arguments.get(swapped ? 1 : 0) : null;
        OperandContext vector = arguments.size() == 2 ? arguments.get(swapped ? 0 : 1) : null;
        if (column == null || vector == null || column.column() == null || vector.literal() == null) {
            words.report(
                    tree,
                    ErrorCode.INVALID_STATEMENT,
                    "\"" + function(tree) + "\" takes a VECTOR column and a vector, as in " + function(tree)
                            + "(v, $v)");
            return null;
        }
        Field field = names.vectorField(column.column());
        if (field == null) {
            return null;
        }
        Term.Field found = java.util.Objects.requireNonNull(names.find(column.column()));
        String collection = relations.get(found.relation()).fields().schema().name();
        Metric metric = written != null ? written : indexes.metric(tree, collection, field.name());
        Constant constant = metric == null ? null : literals.read(vector.literal());
        if (metric == null || constant == null) {
            return null;
        }
        QueryVector query = literals.vector(vector, constant, field, metric);
        return query == null ? null : new Score(found.relation(), field.name(), metric, query);
    }

    private @Nullable Value aggregate(CallContext tree, AggregateFunction named) {
        AggregateFunction function =
                tree.DISTINCT() != null && named == AggregateFunction.COUNT ? AggregateFunction.COUNT_DISTINCT : named;
        boolean star = tree.operand().isEmpty() && function == AggregateFunction.COUNT;
        if (tree.DISTINCT() != null && function != AggregateFunction.COUNT_DISTINCT) {
            words.report(tree, ErrorCode.INVALID_STATEMENT, "DISTINCT stands only in count(DISTINCT column)");
            return null;
        }
        if (star) {
            return new Aggregate(function, null, ValueType.INT);
        }
        if (tree.operand().size() != 1) {
            words.report(
                    tree,
                    ErrorCode.INVALID_STATEMENT,
                    "\"" + function(tree) + "\" takes one column" + (named == AggregateFunction.COUNT ? " or *" : ""));
            return null;
        }
        Term of = read(tree.operand(0));
        if (of == null) {
            return null;
        }
        if (!(of instanceof Value value) || value instanceof Aggregate) {
            words.report(
                    tree, ErrorCode.INVALID_STATEMENT, "\"" + function(tree) + "\" takes a column or a score of one");
            return null;
        }
        ValueType type = AggregateResolver.typeOf(function, value.type());
        if (type == null) {
            words.report(
                    tree, ErrorCode.INVALID_TYPE, "\"" + function(tree) + "\" cannot be computed of a " + value.type());
            return null;
        }
        return new Aggregate(function, value, type);
    }
}
