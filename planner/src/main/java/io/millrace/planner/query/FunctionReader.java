package io.millrace.planner.query;

import io.millrace.planner.grammar.MillraceParser.ArgumentContext;
import io.millrace.planner.grammar.MillraceParser.NameArgumentContext;
import io.millrace.planner.grammar.MillraceParser.TableFunctionContext;
import io.millrace.planner.grammar.MillraceParser.ValueArgumentContext;
import io.millrace.planner.parse.CollectionFields;
import io.millrace.planner.parse.SearchOptions;
import io.millrace.planner.query.Term.Constant;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.value.ValueType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code nearest_neighbors(table, column, qvec, k [, metric, ef_search, with_ord])} and {@code vector_search(index,
 * qvec, k [, topk, engine])}; arguments stand in this order or have their names.
 */
final class FunctionReader {
    private static final Map<String, List<String>> FUNCTIONS = Map.of(
            "nearest_neighbors", List.of("table", "column", "qvec", "k", "metric", "ef_search", "with_ord"),
            "vector_search", List.of("index", "qvec", "k", "topk", "engine"));

    private final Catalog catalog;
    private final Literals literals;
    private final Indexes indexes;
    private final Words words;
    private final int rowsMax;
    private final Map<String, Argument> given = new LinkedHashMap<>();

    private record Argument(ParserRuleContext tree, Constant constant) {}

    FunctionReader(Catalog catalog, Literals literals, Indexes indexes, Words words, int rowsMax) {
        this.catalog = catalog;
        this.literals = literals;
        this.indexes = indexes;
        this.words = words;
        this.rowsMax = rowsMax;
    }

    /**
     * Returns the relation; null where it is wrong, which is reported.
     *
     * @param tables what other names a table has
     */
    @Nullable Relation read(TableFunctionContext tree, int place, @Nullable String alias, UnaryOperator<String> tables) {
        String name = Words.unquoted(tree.reference().getText()).toLowerCase(Locale.ROOT);
        List<String> parameters = FUNCTIONS.get(name);
        if (parameters == null) {
            List<String> known = FUNCTIONS.keySet().stream().sorted().toList();
            words.problems()
                    .add(Words.at(tree, ErrorCode.INVALID_STATEMENT, "there is no table function \"" + name + "\"")
                            .withAllowed(known)
                            .withNearest(Nearest.of(name, known)));
            return null;
        }
        int before = words.problems().size();
        readArguments(tree, name, parameters);
        if (words.problems().size() > before) {
            return null;
        }
        String as = alias == null ? name : alias;
        return name.equals("vector_search") ? vectorSearch(tree, place, as) : nearest(tree, place, as, tables);
    }

    private void readArguments(TableFunctionContext tree, String name, List<String> parameters) {
        for (int i = 0; i < tree.argument().size(); i++) {
            ArgumentContext argument = tree.argument(i);
            String parameter = i < parameters.size() ? parameters.get(i) : "";
            Constant constant;
            if (argument instanceof ValueArgumentContext value) {
                if (value.reference() != null) {
                    parameter = Words.unquoted(value.reference().getText()).toLowerCase(Locale.ROOT);
                }
                constant = literals.read(value.literal());
            } else {
                constant = new Constant(String.join(".", Names.parts(((NameArgumentContext) argument).column())));
            }
            if (!parameters.contains(parameter)) {
                words.problems()
                        .add(Words.at(
                                        argument,
                                        ErrorCode.INVALID_STATEMENT,
                                        parameter.isEmpty()
                                                ? "\"" + name + "\" takes at most " + parameters.size() + " arguments"
                                                : "\"" + name + "\" has no argument \"" + parameter + "\"")
                                .withAllowed(parameters)
                                .withNearest(Nearest.of(parameter, parameters)));
            } else if (constant != null && given.putIfAbsent(parameter, new Argument(argument, constant)) != null) {
                words.report(argument, ErrorCode.INVALID_STATEMENT, "argument \"" + parameter + "\" is there twice");
            }
        }
    }

    private @Nullable Relation nearest(
            TableFunctionContext tree, int place, String alias, UnaryOperator<String> tables) {
        String table = text(tree, "table");
        String column = text(tree, "column");
        Integer k = number(tree, "k", rowsMax, true);
        Integer efSearch = number(tree, "ef_search", SearchOptions.EF_SEARCH_MAX, false);
        Metric asked = metric();
        boolean withOrd = flag("with_ord");
        Argument query = required(tree, "qvec");
        if (table == null || column == null) {
            return null;
        }
        CollectionFields fields = Sources.find(catalog, tables.apply(table), given("table", tree), words);
        Field field = fields == null ? null : vectorField(fields.schema(), column, given("column", tree));
        if (fields == null || field == null || query == null || k == null) {
            return null;
        }
        String collection = fields.schema().name();
        Metric metric = asked != null ? asked : indexes.metric(tree, collection, field.name());
        QueryVector vector = metric == null ? null : literals.vector(query.tree, query.constant, field, metric);
        if (metric == null || vector == null) {
            return null;
        }
        VectorIndexDefinition index = indexes.of(collection, field.name(), metric, null);
        return Relation.of(
                place, alias, fields, new NearestFunction(field, index, metric, vector, null, k, efSearch, withOrd));
    }

    private @Nullable Relation vectorSearch(TableFunctionContext tree, int place, String alias) {
        String name = text(tree, "index");
        Integer k = number(tree, "k", rowsMax, !given.containsKey("topk"));
        Integer topk = number(tree, "topk", rowsMax, false);
        VectorEngine engine = engine();
        Argument query = required(tree, "qvec");
        if (name == null || query == null) {
            return null;
        }
        VectorIndexDefinition index = catalog.vectorIndexes().get(name);
        CollectionSchema schema = index == null ? null : catalog.collections().get(index.collection());
        Field field = index == null || schema == null
                ? null
                : schema.field(index.field()).orElse(null);
        if (index == null || schema == null || field == null) {
            words.notFound(
                    given("index", tree),
                    ErrorCode.NOT_FOUND_INDEX,
                    "vector index",
                    name,
                    catalog.vectorIndexes().keySet());
            return null;
        }
        QueryVector vector = literals.vector(query.tree, query.constant, field, index.metric());
        Integer rows = k == null ? topk : topk == null ? k : (Integer) Math.min(k, topk);
        return vector == null || rows == null
                ? null
                : Relation.of(
                        place,
                        alias,
                        new CollectionFields(schema, null),
                        new NearestFunction(field, index, index.metric(), vector, engine, rows, null, false));
    }

    private @Nullable Field vectorField(CollectionSchema schema, String written, ParserRuleContext tree) {
        String name = written.substring(written.lastIndexOf('.') + 1);
        Field field = schema.field(written).or(() -> schema.field(name)).orElse(null);
        if (field != null && field.type() == ValueType.VECTOR) {
            return field;
        }
        List<String> vectors = schema.fields().stream()
                .filter(each -> each.type() == ValueType.VECTOR)
                .map(Field::name)
                .toList();
        words.problems()
                .add(Words.at(
                                tree,
                                field == null ? ErrorCode.NOT_FOUND_FIELD : ErrorCode.INVALID_TYPE,
                                "collection \"" + schema.name() + "\" has no VECTOR field \"" + name + "\"")
                        .withAllowed(vectors)
                        .withNearest(Nearest.of(name, vectors)));
        return null;
    }

    private ParserRuleContext given(String parameter, ParserRuleContext otherwise) {
        Argument argument = given.get(parameter);
        return argument == null ? otherwise : argument.tree;
    }

    private @Nullable Argument required(ParserRuleContext tree, String parameter) {
        Argument argument = given.get(parameter);
        if (argument == null) {
            words.report(tree, ErrorCode.INVALID_STATEMENT, "argument \"" + parameter + "\" is missing");
        }
        return argument;
    }

    private @Nullable String text(ParserRuleContext tree, String parameter) {
        Argument argument = required(tree, parameter);
        if (argument == null || argument.constant.raw() instanceof String) {
            return argument == null ? null : (String) argument.constant.raw();
        }
        words.report(argument.tree, ErrorCode.INVALID_TYPE, "argument \"" + parameter + "\" must be a name");
        return null;
    }

    private @Nullable Integer number(ParserRuleContext tree, String parameter, int max, boolean required) {
        Argument argument = required ? required(tree, parameter) : given.get(parameter);
        if (argument == null) {
            return null;
        }
        if (argument.constant.raw() instanceof Long number && number >= 1 && number <= max) {
            return number.intValue();
        }
        words.report(
                argument.tree,
                ErrorCode.INVALID_LIMIT,
                "argument \"" + parameter + "\" must be an integer from 1 to " + max);
        return null;
    }

    private boolean flag(String parameter) {
        Argument argument = given.get(parameter);
        if (argument != null && !(argument.constant.raw() instanceof Boolean)) {
            words.report(argument.tree, ErrorCode.INVALID_TYPE, "argument \"" + parameter + "\" must be TRUE or FALSE");
        }
        return argument != null && Boolean.TRUE.equals(argument.constant.raw());
    }

    private @Nullable Metric metric() {
        Argument argument = given.get("metric");
        Metric metric = argument != null && argument.constant.raw() instanceof String text
                ? Metric.parse(text).orElse(null)
                : null;
        if (argument != null && metric == null) {
            words.problems()
                    .add(Words.at(argument.tree, ErrorCode.INVALID_METRIC, "unknown metric")
                            .withAllowed(List.of("l2", "cosine", "ip")));
        }
        return metric;
    }

    private @Nullable VectorEngine engine() {
        Argument argument = given.get("engine");
        String text =
                argument == null ? "" : String.valueOf(argument.constant.raw()).toUpperCase(Locale.ROOT);
        VectorEngine engine = Arrays.stream(VectorEngine.values())
                .filter(each -> each.name().equals(text))
                .findFirst()
                .orElse(null);
        if (argument != null && engine == null) {
            words.problems()
                    .add(Words.at(argument.tree, ErrorCode.INVALID_ENGINE, "unknown engine")
                            .withAllowed(Arrays.stream(VectorEngine.values())
                                    .map(each -> each.name().toLowerCase(Locale.ROOT))
                                    .toList()));
        }
        return engine;
    }
}
