package io.millrace.planner.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.grammar.MillraceParser.CollectionSourceContext;
import io.millrace.planner.grammar.MillraceParser.FunctionSourceContext;
import io.millrace.planner.grammar.MillraceParser.JoinContext;
import io.millrace.planner.grammar.MillraceParser.MatchContext;
import io.millrace.planner.grammar.MillraceParser.PredicateContext;
import io.millrace.planner.grammar.MillraceParser.SelectContext;
import io.millrace.planner.grammar.MillraceParser.SourceContext;
import io.millrace.planner.grammar.MillraceParser.WithContext;
import io.millrace.planner.parse.CollectionFields;
import io.millrace.planner.parse.SearchOptions;
import io.millrace.planner.pattern.PatternAlias;
import io.millrace.planner.pattern.PatternResolver;
import io.millrace.planner.pattern.ResolvedPattern;
import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.Strategy;
import io.millrace.planner.query.ClauseReader.Matched;
import io.millrace.planner.query.Query.Bounds;
import io.millrace.planner.query.Query.Hint;
import io.millrace.planner.query.Query.Item;
import io.millrace.planner.query.Query.On;
import io.millrace.planner.query.Query.Order;
import io.millrace.planner.query.Query.Search;
import io.millrace.planner.query.Query.Settings;
import io.millrace.planner.query.Term.Field;
import io.millrace.planner.query.Term.Value;
import io.millrace.planner.statement.Options;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.catalog.Catalog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/** Reads a SELECT: finds what its names stand for. Everything that is wrong is reported at once. */
final class QueryReader {
    static final int NEAREST_DEFAULT = 10;
    private static final Set<String> KEYS = Set.of(Relation.ID, Relation.ROW_ID);

    private final Catalog catalog;
    private final PlanLimits limits;
    private final Map<String, JsonNode> parameters;
    private final Words words;
    private final Literals literals;
    private final Indexes indexes;
    private final FusionReader fusions;
    private final SearchReader searches;
    private final List<Relation> relations = new ArrayList<>();
    private final Names names;
    private final TermReader terms;

    QueryReader(Catalog catalog, PlanLimits limits, Map<String, JsonNode> parameters, Words words) {
        this.catalog = catalog;
        this.limits = limits;
        this.parameters = parameters;
        this.words = words;
        literals = new Literals(parameters, words);
        indexes = new Indexes(catalog, words);
        fusions = new FusionReader(parameters, words, limits.rowsMax());
        names = new Names(relations, words);
        terms = new TermReader(relations, names, literals, indexes, words);
        searches = new SearchReader(relations, names, literals, indexes, fusions, limits.rowsMax(), words);
    }

    Names names() {
        return names;
    }

    /** Returns the query; null where anything is wrong. */
    @Nullable Query read(SelectContext tree) {
        On join = sources(tree);
        if (!words.problems().isEmpty()) {
            return null; // Without the relations no other name means anything.
        }
        Shape shape = new Shape(terms, names, relations, words);
        List<Item> items = shape.items(tree.selected());
        boolean distinct = tree.DISTINCT() != null;
        ClauseReader where = new ClauseReader(terms, literals, words, false);
        List<Clause> conjuncts = where.read(tree.where);
        ClauseReader groups = new ClauseReader(terms, literals, words, true);
        List<Clause> having = groups.read(tree.having);
        refuseInHaving(groups);
        List<Value> groupBy = tree.groupBy() == null ? List.of() : shape.groupBy(tree.groupBy());
        List<Order> orderBy = tree.orderBy() == null
                ? List.of()
                : shape.orderBy(tree.orderBy().orderKey());
        Bounds bounds = tree.limit() == null
                ? new Bounds(null, 0)
                : new BoundsReader(parameters, words, limits.rowsMax()).read(tree.limit());
        boolean grouped = tree.groupBy() != null || tree.having != null || Shape.aggregates(items, having, orderBy);
        int k = nearest(bounds);
        Search search = searches.read(where.searches(), k);
        AnchoredPattern match = match(where.patterns());
        boolean several = search != null && search.fusion() != null;
        boolean fusing = search != null && !several && match != null && tree.USING() != null;
        Fusion fusion = fusing ? fusions.read(tree.fusion(), Integer.MAX_VALUE) : null;
        Settings settings = settings(tree.with(), fusion, search != null);
        if (tree.USING() != null && !fusing) {
            words.report(
                    tree.fusion() == null ? tree : tree.fusion(),
                    ErrorCode.INVALID_STATEMENT,
                    several
                            ? "the USING FUSION of NEAR_FUSED stands right behind its vectors"
                            : "USING FUSION joins NEAR with MATCH: both must stand in WHERE");
        }
        shape.check(items, grouped, groupBy, groups.places(), orderBy, distinct);
        if (!words.problems().isEmpty()) {
            return null;
        }
        return new Query(
                relations,
                join,
                items,
                distinct,
                conjuncts,
                search,
                match,
                null,
                grouped,
                groupBy,
                having,
                orderBy,
                hint(tree),
                bounds,
                settings);
    }

    private static Hint hint(SelectContext tree) {
        if (tree.orderBy() == null || tree.orderBy().USING() == null) {
            return Hint.NONE;
        }
        return tree.orderBy().EXACT() != null ? Hint.EXACT : Hint.ANN;
    }

    private @Nullable On sources(SelectContext tree) {
        Map<String, String> tables = new HashMap<>();
        noteTable(tree.source(), tables);
        JoinContext join = tree.join();
        if (join != null) {
            noteTable(join.source(), tables);
        }
        source(tree.source(), tables);
        if (join == null) {
            return null;
        }
        source(join.source(), tables);
        if (relations.size() < 2) {
            return null;
        }
        if (relations.get(0).alias().equals(relations.get(1).alias())) {
            words.report(join.source(), ErrorCode.INVALID_NAME, "both sides of the join have one name: give an alias");
            return null;
        }
        return on(join);
    }

    private @Nullable On on(JoinContext join) {
        Field left = names.find(join.column(0));
        Field right = names.find(join.column(1));
        if (left == null || right == null) {
            return null;
        }
        if (left.relation() == right.relation()) {
            words.report(
                    join.column(1),
                    ErrorCode.INVALID_STATEMENT,
                    "a join compares a column of one side with one of the other");
            return null;
        }
        boolean comparable = left.type() == right.type()
                || (left.type().isNumeric() && right.type().isNumeric());
        if (!comparable) {
            words.report(
                    join.column(0),
                    ErrorCode.INVALID_TYPE,
                    "a " + left.type() + " cannot be joined with a " + right.type());
            return null;
        }
        On on = left.relation() == 0 ? new On(left, right) : new On(right, left);
        if (on.left().name().equals(on.right().name())) {
            names.equate(isByKey(on) ? KEYS : Set.of(on.left().name()));
        }
        return on;
    }

    /** Returns whether the join puts rows of one collection together with themselves. */
    boolean isByKey(On on) {
        Relation left = relations.get(0);
        Relation right = relations.get(1);
        return left.fields().schema().id() == right.fields().schema().id()
                && on.left().name().equals(on.right().name())
                && KEYS.contains(on.left().name())
                && left.fields().isKey(Relation.ID);
    }

    private static void noteTable(SourceContext tree, Map<String, String> tables) {
        if (tree instanceof CollectionSourceContext source && source.renamed() != null) {
            tables.put(Shape.alias(source.renamed()), table(source));
        }
    }

    private static String table(CollectionSourceContext tree) {
        StringBuilder table = new StringBuilder(Words.unquoted(tree.reference().getText()));
        tree.name().forEach(name -> table.append('.').append(Words.name(name)));
        return table.toString();
    }

    private void source(SourceContext tree, Map<String, String> tables) {
        int place = relations.size();
        if (tree instanceof FunctionSourceContext function) {
            Relation relation = new FunctionReader(catalog, literals, indexes, words, limits.rowsMax())
                    .read(
                            function.tableFunction(),
                            place,
                            function.renamed() == null ? null : Shape.alias(function.renamed()),
                            table -> tables.getOrDefault(table, table));
            if (relation != null) {
                relations.add(relation);
            }
            return;
        }
        CollectionSourceContext source = (CollectionSourceContext) tree;
        String table = table(source);
        CollectionFields fields = Sources.find(catalog, table, source, words);
        if (fields != null) {
            String plain = table.substring(table.lastIndexOf('.') + 1);
            String alias = source.renamed() == null ? plain : Shape.alias(source.renamed());
            relations.add(Relation.of(place, alias, fields));
        }
    }

    private void refuseInHaving(ClauseReader groups) {
        List<ParserRuleContext> wrong = new ArrayList<>(groups.searches());
        groups.patterns().forEach(matched -> wrong.add(matched.tree()));
        wrong.forEach(tree -> words.report(
                tree, ErrorCode.INVALID_STATEMENT, "a search or a pattern stands in WHERE, not in HAVING"));
    }

    private @Nullable AnchoredPattern match(List<Matched> patterns) {
        if (patterns.size() > 1) {
            words.report(patterns.get(1).tree(), ErrorCode.INVALID_STATEMENT, "a statement has at most one MATCH");
        }
        if (patterns.isEmpty()) {
            return null;
        }
        Matched first = patterns.get(0);
        return AnchoredPattern.read(first.tree().pattern(), first.negated(), relations, patternResolver(), words);
    }

    private PatternResolver patternResolver() {
        return new PatternResolver(catalog, parameters, limits.hopsMax(), Words::at, words.problems());
    }

    /** Returns the query of a MATCH statement; null where anything is wrong. */
    @Nullable Query read(MatchContext tree) {
        ResolvedPattern pattern = patternResolver().resolve(tree.pattern(), Map.of());
        if (pattern == null) {
            return null;
        }
        pattern.aliases().values().forEach(alias -> relations.add(relation(alias, pattern)));
        Bounds bounds = tree.limit() == null
                ? new Bounds(null, 0)
                : new BoundsReader(parameters, words, limits.rowsMax()).read(tree.limit());
        ClauseReader where = new ClauseReader(terms, literals, words, false);
        List<Clause> conjuncts = where.read(tree.condition());
        where.patterns()
                .forEach(matched -> words.report(
                        matched.tree(),
                        ErrorCode.INVALID_STATEMENT,
                        "a second pattern stands in WHERE of SELECT, not in that of MATCH"));
        Search search = near(where.searches(), nearest(bounds));
        Shape shape = new Shape(terms, names, relations, words);
        List<Item> items = shape.items(tree.selected());
        List<Order> orderBy = tree.orderBy() == null
                ? List.of()
                : shape.orderBy(tree.orderBy().orderKey());
        boolean distinct = tree.DISTINCT() != null;
        boolean grouped = Shape.aggregates(items, List.of(), orderBy);
        List<Value> groupBy = !grouped
                ? List.of()
                : items.stream()
                        .map(Item::value)
                        .filter(value -> !(value instanceof Term.Aggregate))
                        .distinct()
                        .toList();
        Settings settings = settings(tree.with(), !where.searches().isEmpty());
        shape.check(items, grouped, groupBy, Map.of(), orderBy, distinct);
        if (!words.problems().isEmpty()) {
            return null;
        }
        return new Query(
                relations, null, items, distinct, conjuncts, search, null, pattern, grouped, groupBy, List.of(),
                orderBy, Hint.NONE, bounds, settings);
    }

    /** Reads the NEAR of a MATCH statement: its score may be named in what follows. */
    private @Nullable Search near(List<PredicateContext> trees, int k) {
        Search search = searches.read(trees, k);
        if (search != null && search.fusion() != null) {
            words.report(
                    trees.get(0),
                    ErrorCode.INVALID_STATEMENT,
                    "NEAR_FUSED stands in SELECT, where MATCH may be another condition");
        }
        if (!trees.isEmpty()) {
            terms.near(search == null || search.vectors().isEmpty() ? null : search.score());
        }
        return search;
    }

    /** Returns how many rows a search is to find. */
    private static int nearest(Bounds bounds) {
        return (bounds.limit() == null ? NEAREST_DEFAULT : bounds.limit()) + bounds.offset();
    }

    /** Reads what a MATCH statement may say of its NEAR. */
    private Settings settings(@Nullable WithContext with, boolean searching) {
        Options options = new Options(with, parameters, words.problems());
        Integer k = searching ? options.integer("k", 1, limits.rowsMax()) : null;
        options.finish(searching ? "MATCH" : "MATCH without NEAR");
        return new Settings(null, null, null, null, k);
    }

    /** A vertex of one collection has vectors to compare with. */
    private Relation relation(PatternAlias alias, ResolvedPattern pattern) {
        CollectionFields source = null;
        if (!alias.edge()) {
            List<Label> labels = pattern.pattern().vertices().get(alias.place()).labels();
            source = labels.size() == 1
                    ? new CollectionFields(pattern.schemas().get(labels.get(0).collection()), null)
                    : null;
        }
        return Relation.of(relations.size(), alias, source);
    }

    private Settings settings(@Nullable WithContext with, @Nullable Fusion fusion, boolean near) {
        Options options = new Options(with, parameters, words.problems());
        String strategy = options.choice("strategy", Strategy.texts());
        Integer efSearch = options.integer("ef_search", 1, SearchOptions.EF_SEARCH_MAX);
        Double alpha = options.decimal("alpha", 1, SearchOptions.ALPHA_MAX);
        Integer k = options.integer("k", 1, limits.rowsMax());
        options.finish("a query");
        Strategy wanted = strategy == null || strategy.equals(Strategy.AUTO)
                ? null
                : Strategy.valueOf(strategy.toUpperCase(Locale.ROOT));
        boolean implied = near && fusion == null && wanted == Strategy.PARALLEL;
        return new Settings(wanted, implied ? Fusion.rrf(Fusion.RANK_CONSTANT) : fusion, efSearch, alpha, k);
    }
}
