package io.millrace.planner.query;

import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.parse.SearchOptions;
import io.millrace.planner.parse.ShardColumns;
import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.PatternFilter;
import io.millrace.planner.plan.Reading.Members;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.planner.plan.StepHead;
import io.millrace.planner.plan.Strategy;
import io.millrace.planner.query.Query.Settings;
import io.millrace.planner.query.Term.Field;
import io.millrace.planner.query.Term.Value;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.predicate.Predicate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the steps that search. */
final class SearchSteps {
    private static final float[] NONE = {};
    /** For the place of the rank, until the columns in front of it are known. */
    private static final int RANK = -1;

    private final Indexes indexes;
    private final SearchOptions options;
    private final Settings settings;

    SearchSteps(Indexes indexes, SearchOptions options, Settings settings) {
        this.indexes = indexes;
        this.options = options;
        this.settings = settings;
    }

    /** Returns the strategy that is asked for; null for the cheapest. */
    @Nullable Strategy strategy() {
        return settings.strategy() != null ? settings.strategy() : options.strategy();
    }

    /**
     * What a search is to give.
     *
     * @param exactly why every row is to be scored; null where an index may preselect
     * @param values of the result
     * @param capped whether nobody asked for {@code k}: where there are more rows, some are missing
     */
    record Wanted(Predicate filter, int k, @Nullable String exactly, List<Value> values, boolean capped) {
        Wanted {
            values = List.copyOf(values);
        }
    }

    /** Returns the search of one vector, or that of several without a query. */
    VectorSearch search(StepHead head, Leader leader, Wanted wanted) {
        Relation relation = leader.relation();
        String collection = relation.fields().schema().name();
        VectorIndexDefinition index = indexes.of(collection, leader.field(), leader.metric(), leader.engine());
        String reason = reason(leader, wanted, index, collection);
        boolean otherEngine = "engine_differs".equals(reason);
        VectorIndexDefinition used = otherEngine ? null : index;
        ShardColumns columns = new ShardColumns(relation.fields(), 2);
        List<Integer> output = output(wanted.values(), leader, columns);
        Integer beam = leader.efSearch() != null ? leader.efSearch() : settings.efSearch();
        SearchVectors search = new SearchVectors(
                selection(relation, wanted.filter()),
                leader.field(),
                used == null ? null : used.id(),
                leader.metric(),
                leader.fusion() == null ? leader.vectors().get(0).components() : NONE,
                wanted.k(),
                columns.fetch(),
                reason != null && !reason.equals("flat"),
                options.efSearch(beam == null ? null : (Long) (long) beam, used),
                options.alpha(settings.alpha(), used),
                null,
                leader.farthest());
        return new VectorSearch(head, collection, used == null ? null : used.name(), reason, search, null, output);
    }

    /** Why every row will be scored; null where the index may preselect. */
    private @Nullable String reason(
            Leader leader, Wanted wanted, @Nullable VectorIndexDefinition index, String collection) {
        if (index == null) {
            return indexes.exist(collection, leader.field()) ? "metric_differs" : "no_index";
        }
        if (leader.farthest()) {
            return "farthest";
        }
        if (wanted.exactly() != null) {
            return wanted.exactly();
        }
        if (leader.engine() == VectorEngine.FLAT) {
            return "asked";
        }
        if (leader.engine() != null && index.engine() != leader.engine()) {
            return "engine_differs";
        }
        return index.engine() == VectorEngine.FLAT ? "flat" : null;
    }

    private static List<Integer> output(List<Value> values, Leader leader, ShardColumns columns) {
        List<Integer> places = new ArrayList<>();
        for (Value value : values) {
            places.add(value instanceof Field field ? place(field, leader, columns) : 1);
        }
        int rank = 2 + columns.fetch().size();
        places.replaceAll(place -> place == RANK ? rank : place);
        return places;
    }

    private static int place(Field field, Leader leader, ShardColumns columns) {
        Relation relation = leader.relation();
        boolean own = field.relation() == relation.place();
        if (own && relation.function() != null && field.name().equals(Relation.ORD)) {
            return RANK;
        }
        boolean isKey = field.equals(relation.key())
                || field.name().equals(Relation.SELF)
                || (field.name().equals(Relation.ID) && relation.function() != null);
        boolean stored = own
                ? relation.isStored(field.name())
                : relation.fields().types().type(field.name()) != null;
        boolean found = field.name().equals(Relation.SCORE) && !stored;
        return found ? 1 : isKey ? 0 : columns.place(field.name());
    }

    static DocumentSelection selection(Relation relation, Predicate filter) {
        var eventType = relation.fields().eventType();
        return new DocumentSelection(
                relation.fields().schema().id(), eventType == null ? null : eventType.id(), null, filter);
    }

    /** Returns the step for what is wanted. */
    Step step(StepHead head, Leader leader, Wanted wanted, List<OrderKey> thenBy, @Nullable Members members) {
        VectorSearch search = search(head, leader, wanted);
        boolean plain = thenBy.isEmpty() && members == null && !leader.farthest() && !wanted.capped();
        return plain ? search : new Step.RankedSearch(search, thenBy, members, wanted.capped());
    }

    /** Returns the step for several vectors, whose lists are of the rows that the pattern binds, or does not bind. */
    Step fused(StepHead head, Leader leader, Fusion fusion, Wanted wanted, @Nullable PatternFilter match) {
        List<float[]> queries =
                leader.vectors().stream().map(QueryVector::components).toList();
        return new Step.FusedSearch(search(head, leader, wanted), queries, fusion, match, wanted.capped());
    }
}
