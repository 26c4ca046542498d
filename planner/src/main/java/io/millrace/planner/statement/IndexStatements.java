package io.millrace.planner.statement;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.grammar.MillraceParser.AlterVectorIndexContext;
import io.millrace.planner.grammar.MillraceParser.CreateVectorIndexContext;
import io.millrace.planner.grammar.MillraceParser.NameContext;
import io.millrace.planner.parse.SearchOptions;
import io.millrace.planner.parse.TextEmbedding;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.catalog.VectorIndexDefinition.DimensionPolicy;
import io.millrace.protocol.catalog.VectorIndexDefinition.Quantization;
import io.millrace.protocol.catalog.VectorIndexDefinition.Rescore;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a change of the catalog of CREATE and ALTER VECTOR INDEX. */
final class IndexStatements {
    private static final List<String> ENGINES = List.of("hnsw", "hnswlib", "flat");
    /** What an index is made of, so that another needs another index. */
    private static final Set<String> FIXED = Set.of(
            "metric",
            "dim",
            "engine",
            "m",
            "ef_construction",
            "quantization",
            "rescore",
            "filter_fields",
            "dim_policy",
            "embed_from");

    private static final int M_MIN = 2;
    private static final int M_MAX = 128;
    private static final int EF_CONSTRUCTION_MAX = 10_000;

    private final Catalog catalog;
    private final CreateStatements others;
    private final Map<String, JsonNode> parameters;
    private final Words words;
    private final TextEmbedding texts;

    IndexStatements(
            Catalog catalog,
            CreateStatements others,
            Map<String, JsonNode> parameters,
            Words words,
            TextEmbedding texts) {
        this.catalog = catalog;
        this.others = others;
        this.parameters = parameters;
        this.words = words;
        this.texts = texts;
    }

    CatalogChange create(CreateVectorIndexContext tree) {
        String name = words.newName(tree.name(0));
        CollectionSchema schema = others.collection(tree.name(1));
        Field field = schema == null ? null : vectorField(tree.name(2), schema);
        Options options = new Options(tree.with(), parameters, words.problems());
        VectorEngine engine = engine(tree, options);
        checkDimension(options, field);
        VectorIndexDefinition index = new VectorIndexDefinition(
                0,
                name,
                schema == null ? "" : schema.name(),
                Words.name(tree.name(2)),
                field == null ? 0 : field.dimension(),
                metric(options),
                engine,
                FreshnessOptions.read(options, List.of(FreshnessMode.values())),
                options.integer("m", M_MIN, M_MAX, VectorIndexDefinition.M_DEFAULT),
                options.integer(
                        "ef_construction", 1, EF_CONSTRUCTION_MAX, VectorIndexDefinition.EF_CONSTRUCTION_DEFAULT),
                options.integer("ef_search", 1, SearchOptions.EF_SEARCH_MAX),
                "int8".equals(options.choice("quantization", List.of("none", "int8")))
                        ? Quantization.INT8
                        : Quantization.NONE,
                "state".equals(options.choice("rescore", List.of("memory", "state"))) ? Rescore.STATE : Rescore.MEMORY,
                filterFields(options, schema),
                "skip".equals(options.choice("dim_policy", List.of("error", "skip")))
                        ? DimensionPolicy.SKIP
                        : DimensionPolicy.ERROR,
                options.decimal("preselect_alpha", 1, SearchOptions.ALPHA_MAX),
                embedFrom(options, schema, field),
                0);
        options.finish("a vector index");
        return new CatalogChange.CreateVectorIndex(index, tree.ifNotExists() != null);
    }

    CatalogChange alter(String name, AlterVectorIndexContext tree) {
        Options options = new Options(tree.settings().option(), parameters, words.problems());
        CatalogChange change = new CatalogChange.AlterVectorIndex(
                name,
                FreshnessOptions.change(options, List.of(FreshnessMode.values())),
                options.integer("ef_search", 1, SearchOptions.EF_SEARCH_MAX),
                options.decimal("preselect_alpha", 1, SearchOptions.ALPHA_MAX));
        options.refuse(
                FIXED,
                "of a vector index cannot be altered",
                "create an index of another name with it, then drop this one");
        options.finish("ALTER VECTOR INDEX");
        return change;
    }

    private @Nullable Field vectorField(NameContext tree, CollectionSchema schema) {
        String name = Words.name(tree);
        Field field = schema.field(name).orElse(null);
        if (field != null && field.type() == ValueType.VECTOR) {
            return field;
        }
        List<String> vectors = names(schema, true);
        Problem problem = field == null
                ? Words.at(
                        tree,
                        ErrorCode.NOT_FOUND_FIELD,
                        "collection \"" + schema.name() + "\" has no field \"" + name + "\"")
                : Words.at(
                        tree,
                        ErrorCode.INVALID_TYPE,
                        "field \"" + name + "\" is a " + field.type() + ", an index needs a VECTOR");
        words.problems().add(problem.withAllowed(vectors).withNearest(Nearest.of(name, vectors)));
        return null;
    }

    private static List<String> names(CollectionSchema schema, boolean vectors) {
        return schema.fields().stream()
                .filter(field -> (field.type() == ValueType.VECTOR) == vectors)
                .map(Field::name)
                .toList();
    }

    /** The engine of USING or WITH; HNSW where none is named. */
    private VectorEngine engine(CreateVectorIndexContext tree, Options options) {
        NameContext using = tree.USING() == null ? null : tree.name(3);
        String option = options.text("engine");
        String usingName = using == null ? null : Words.name(using);
        if (usingName != null && option != null && !usingName.equalsIgnoreCase(option)) {
            options.wrong("engine", option, List.of(usingName.toLowerCase(Locale.ROOT)));
        }
        String name = usingName != null ? usingName : option != null ? option : "hnsw";
        String lower = name.toLowerCase(Locale.ROOT);
        if (ENGINES.contains(lower)) {
            return VectorEngine.valueOf(lower.toUpperCase(Locale.ROOT));
        }
        String message = "unknown engine \"" + name + "\"";
        words.problems()
                .add(Words.at(using == null ? tree : using, ErrorCode.INVALID_ENGINE, message)
                        .withAllowed(ENGINES)
                        .withNearest(Nearest.of(name, ENGINES)));
        return VectorEngine.HNSW;
    }

    private static void checkDimension(Options options, @Nullable Field field) {
        int dimension = options.integer("dim", 1, Field.DIMENSION_MAX, 0);
        if (dimension > 0 && field != null && dimension != field.dimension()) {
            options.report(
                    ErrorCode.INVALID_DIMENSION,
                    "dim",
                    "option \"dim\" is " + dimension + ", field \"" + field.name() + "\" has " + field.dimension()
                            + " dimensions",
                    List.of(Integer.toString(field.dimension())),
                    "");
        }
    }

    private static Metric metric(Options options) {
        String name = options.text("metric");
        if (name == null) {
            return Metric.L2;
        }
        Metric metric = Metric.parse(name).orElse(null);
        if (metric == null) {
            options.report(
                    ErrorCode.INVALID_METRIC,
                    "metric",
                    "unknown metric \"" + name + "\"",
                    List.of("l2", "cosine", "ip"),
                    name);
            return Metric.L2;
        }
        return metric;
    }

    private static List<String> filterFields(Options options, @Nullable CollectionSchema schema) {
        List<String> fields = options.list("filter_fields");
        if (fields == null || schema == null) {
            return List.of();
        }
        List<String> allowed = names(schema, false);
        List<String> known = new ArrayList<>();
        for (String field : fields) {
            if (!allowed.contains(field)) {
                options.wrong("filter_fields", field, allowed);
            } else if (!known.contains(field)) {
                known.add(field);
            }
        }
        return known;
    }

    private @Nullable String embedFrom(Options options, @Nullable CollectionSchema schema, @Nullable Field vector) {
        String name = options.text("embed_from");
        if (name == null || schema == null) {
            return null;
        }
        List<String> strings = schema.fields().stream()
                .filter(field -> field.type() == ValueType.STRING)
                .map(Field::name)
                .toList();
        if (!strings.contains(name)) {
            options.wrong("embed_from", name, strings);
        } else if (vector != null) {
            Problem refused = texts.refuse(vector, "embed_from", StatementParser.PATH);
            if (refused != null) {
                words.problems().add(refused);
            }
            checkOneSource(options, schema, vector, name);
        }
        return name;
    }

    /** A vector is made of one text, whatever indexes are over it. */
    private void checkOneSource(Options options, CollectionSchema schema, Field vector, String name) {
        for (VectorIndexDefinition other : catalog.indexesOf(schema.name())) {
            String source = other.field().equals(vector.name()) ? other.embedFrom() : null;
            if (source != null && !source.equals(name)) {
                options.wrong("embed_from", name, List.of(source));
                return;
            }
        }
    }
}
