package io.millrace.planner.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.grammar.MillraceParser.QueryContext;
import io.millrace.planner.parse.SearchOptions;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlannedRequest.Answer;
import io.millrace.planner.plan.PlannedRequest.Outcome;
import io.millrace.planner.plan.PlannedRequest.Run;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.catalog.Catalog;
import java.util.ArrayList;
import java.util.Map;

/** Plans SELECT and MATCH: what they ask for becomes steps that JSON plans have too. */
public final class QueryPlanner {
    private final Catalog catalog;
    private final PlanLimits limits;
    private final SearchOptions options;

    public QueryPlanner(Catalog catalog, PlanLimits limits, SearchOptions options) {
        this.catalog = catalog;
        this.limits = limits;
        this.options = options;
    }

    /** Returns the plan to run, or all that is wrong. */
    public Outcome plan(QueryContext tree, Map<String, JsonNode> parameters) {
        Words words = new Words(new ArrayList<>());
        QueryReader reader = new QueryReader(catalog, limits, parameters, words);
        Query query = tree.select() != null ? reader.read(tree.select()) : reader.read(tree.match());
        if (query == null) {
            return Answer.errors(words.problems().stream().distinct().toList());
        }
        Indexes indexes = new Indexes(catalog, words);
        SelectPlanner planner = new SelectPlanner(query, limits, indexes, options);
        planner.check(reader.names(), words);
        return words.problems().isEmpty()
                ? new Run(planner.plan())
                : Answer.errors(words.problems().stream().distinct().toList());
    }
}
