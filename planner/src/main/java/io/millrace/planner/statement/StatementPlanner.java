package io.millrace.planner.statement;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.grammar.MillraceParser.AddFieldContext;
import io.millrace.planner.grammar.MillraceParser.AlterVectorIndexContext;
import io.millrace.planner.grammar.MillraceParser.CreateCollectionContext;
import io.millrace.planner.grammar.MillraceParser.CreateEdgeTypeContext;
import io.millrace.planner.grammar.MillraceParser.CreateEventTypeContext;
import io.millrace.planner.grammar.MillraceParser.CreateVectorIndexContext;
import io.millrace.planner.grammar.MillraceParser.CreatedContext;
import io.millrace.planner.grammar.MillraceParser.DropCollectionContext;
import io.millrace.planner.grammar.MillraceParser.DropEdgeTypeContext;
import io.millrace.planner.grammar.MillraceParser.DropVectorIndexContext;
import io.millrace.planner.grammar.MillraceParser.DroppedContext;
import io.millrace.planner.grammar.MillraceParser.NameContext;
import io.millrace.planner.grammar.MillraceParser.ShowCollectionsContext;
import io.millrace.planner.grammar.MillraceParser.ShowEdgeTypesContext;
import io.millrace.planner.grammar.MillraceParser.ShowEventTypesContext;
import io.millrace.planner.grammar.MillraceParser.ShowVectorIndexStatusContext;
import io.millrace.planner.grammar.MillraceParser.ShownContext;
import io.millrace.planner.grammar.MillraceParser.StatementContext;
import io.millrace.planner.parse.SearchDefaults;
import io.millrace.planner.parse.StatusFacts;
import io.millrace.planner.plan.CatalogCommand;
import io.millrace.planner.plan.CommandAnswers;
import io.millrace.planner.plan.IndexFacts;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.PlannedRequest.Answer;
import io.millrace.planner.plan.StatusColumns;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.StepHead;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.ControlOutcome;
import io.millrace.protocol.catalog.ControlRecord;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/**
 * Plans a statement: SHOW and DESCRIBE are answered at once, but for SHOW VECTOR INDEX STATUS, which is a plan that asks
 * every shard; DDL becomes a control record. What the catalog already
 * shows to be wrong is answered at once too, as a courtesy: the log decides.
 */
public final class StatementPlanner {
    private final Catalog catalog;
    private final PlanLimits limits;
    private final SearchDefaults defaults;

    public StatementPlanner(Catalog catalog) {
        this(catalog, PlanLimits.DEFAULT, SearchDefaults.DEFAULT);
    }

    public StatementPlanner(Catalog catalog, PlanLimits limits, SearchDefaults defaults) {
        this.catalog = catalog;
        this.limits = limits;
        this.defaults = defaults;
    }

    /** Plans the text of a statement that is no query. */
    public PlannedRequest.Outcome plan(String requestId, String text, Map<String, JsonNode> parameters) {
        try {
            return plan(requestId, StatementParser.parse(text), parameters);
        } catch (MillraceException e) {
            return Answer.errors(e.problems());
        }
    }

    /** @param tree of a statement that is no query */
    public PlannedRequest.Outcome plan(String requestId, StatementContext tree, Map<String, JsonNode> parameters) {
        if (tree.show() != null) {
            return show(tree.show().shown());
        }
        if (tree.describe() != null) {
            return describe(tree.describe().name());
        }
        return change(requestId, tree, parameters);
    }

    private PlannedRequest.Outcome change(String requestId, StatementContext tree, Map<String, JsonNode> parameters) {
        Words words = new Words(new ArrayList<>());
        NameContext named = named(tree);
        CatalogChange change = changeOf(tree, new CreateStatements(catalog, parameters, words), parameters, words);
        ControlOutcome before = catalog.outcomes().get(requestId);
        if (before != null) {
            return CommandAnswers.of(Words.name(named), before);
        }
        if (!words.problems().isEmpty()) {
            return Answer.errors(words.problems());
        }
        ControlRecord entry = new ControlRecord(requestId, change);
        Problem problem = catalog.apply(catalog.version(), entry)
                .outcome(requestId)
                .map(ControlOutcome::problem)
                .orElse(null);
        return problem == null
                ? new PlannedRequest.Command(new CatalogCommand(entry, Words.name(named)))
                : Answer.error(located(problem, named));
    }

    private CatalogChange changeOf(
            StatementContext tree, CreateStatements creates, Map<String, JsonNode> parameters, Words words) {
        IndexStatements indexes = new IndexStatements(catalog, creates, parameters, words, defaults.texts());
        if (tree.alter() != null) {
            return tree.alter().altered() instanceof AlterVectorIndexContext alter
                    ? indexes.alter(index(alter.name(), words), alter)
                    : creates.addField((AddFieldContext) tree.alter().altered());
        }
        if (tree.build() != null) {
            return new CatalogChange.BuildVectorIndex(index(tree.build().name(), words));
        }
        if (tree.drop() != null) {
            return dropOf(tree.drop().dropped());
        }
        CreatedContext create = tree.create().created();
        if (create instanceof CreateCollectionContext collection) {
            return creates.createCollection(collection);
        }
        if (create instanceof CreateEventTypeContext eventType) {
            return creates.createEventType(eventType);
        }
        return create instanceof CreateEdgeTypeContext edgeType
                ? creates.createEdgeType(edgeType)
                : indexes.create((CreateVectorIndexContext) create);
    }

    /** Returns the name of an index, which must be there. */
    private String index(NameContext tree, Words words) {
        String name = Words.name(tree);
        if (!catalog.vectorIndexes().containsKey(name)) {
            words.notFound(
                    tree,
                    ErrorCode.NOT_FOUND_INDEX,
                    "vector index",
                    name,
                    catalog.vectorIndexes().keySet());
        }
        return name;
    }

    private static CatalogChange dropOf(DroppedContext tree) {
        if (tree instanceof DropCollectionContext drop) {
            return new CatalogChange.DropCollection(Words.name(drop.name()), drop.ifExists() != null);
        }
        if (tree instanceof DropEdgeTypeContext drop) {
            return new CatalogChange.DropEdgeType(Words.name(drop.name()), drop.ifExists() != null);
        }
        DropVectorIndexContext drop = (DropVectorIndexContext) tree;
        return new CatalogChange.DropVectorIndex(Words.name(drop.name()), drop.ifExists() != null);
    }

    /** Returns the name of what a statement creates, changes or drops. */
    private static NameContext named(StatementContext tree) {
        if (tree.build() != null) {
            return tree.build().name();
        }
        ParserRuleContext changed = tree.alter() != null
                ? tree.alter().altered()
                : tree.drop() != null ? tree.drop().dropped() : tree.create().created();
        return changed.getRuleContext(NameContext.class, 0);
    }

    private static Problem located(Problem problem, NameContext named) {
        return problem.withPath(StatementParser.PATH)
                .withDetail("line " + named.getStart().getLine() + ", column "
                        + (named.getStart().getCharPositionInLine() + 1));
    }

    private PlannedRequest.Outcome show(ShownContext tree) {
        if (tree instanceof ShowCollectionsContext) {
            return Answer.table(CatalogTables.collections(catalog));
        }
        if (tree instanceof ShowEdgeTypesContext) {
            return Answer.table(CatalogTables.edgeTypes(catalog));
        }
        if (tree instanceof ShowEventTypesContext) {
            return Answer.table(CatalogTables.eventTypes(catalog));
        }
        boolean status = tree instanceof ShowVectorIndexStatusContext;
        NameContext name = tree.getRuleContext(NameContext.class, 0);
        if (name == null) {
            Collection<VectorIndexDefinition> all = catalog.vectorIndexes().values();
            return status ? status(null, all) : Answer.table(CatalogTables.vectorIndexes(all, defaults));
        }
        Words words = new Words(new ArrayList<>());
        VectorIndexDefinition index = catalog.vectorIndexes().get(index(name, words));
        if (index == null) {
            return Answer.errors(words.problems());
        }
        return status
                ? status(index.name(), List.of(index))
                : Answer.table(CatalogTables.vectorIndexes(List.of(index), defaults));
    }

    /** @param only the name of the one index that is asked for; null for all */
    private PlannedRequest.Outcome status(@Nullable String only, Collection<VectorIndexDefinition> indexes) {
        List<IndexFacts> facts = StatusFacts.of(catalog, defaults, indexes);
        StepHead head = new StepHead(PlannedRequest.RESULT, List.of(), limits.stepTimeoutMs(), StatusColumns.ALL);
        Step step = new Step.IndexStatus(head, only, facts);
        return new PlannedRequest.Run(new Plan(null, List.of(step), List.of(), List.of()));
    }

    private PlannedRequest.Outcome describe(NameContext tree) {
        ResultTable table = CatalogTables.describe(catalog, Words.name(tree), defaults);
        if (table != null) {
            return Answer.table(table);
        }
        Set<String> all = new TreeSet<>(catalog.collections().keySet());
        all.addAll(catalog.eventTypes().keySet());
        all.addAll(catalog.edgeTypes().keySet());
        all.addAll(catalog.vectorIndexes().keySet());
        Words words = new Words(new ArrayList<>());
        words.notFound(
                tree,
                ErrorCode.NOT_FOUND_COLLECTION,
                "collection, event type, edge type or vector index",
                Words.name(tree),
                all);
        return Answer.errors(words.problems());
    }
}
