package io.millrace.planner.query;

import io.millrace.planner.grammar.MillraceParser.ColumnContext;
import io.millrace.planner.grammar.MillraceParser.EverythingContext;
import io.millrace.planner.grammar.MillraceParser.EverythingOfContext;
import io.millrace.planner.grammar.MillraceParser.GroupByContext;
import io.millrace.planner.grammar.MillraceParser.OrderKeyContext;
import io.millrace.planner.grammar.MillraceParser.RenamedContext;
import io.millrace.planner.grammar.MillraceParser.SelectedContext;
import io.millrace.planner.grammar.MillraceParser.SelectedOperandContext;
import io.millrace.planner.parse.ColumnNames;
import io.millrace.planner.query.Query.Item;
import io.millrace.planner.query.Query.Order;
import io.millrace.planner.query.Term.Aggregate;
import io.millrace.planner.query.Term.Constant;
import io.millrace.planner.query.Term.Field;
import io.millrace.planner.query.Term.Value;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.antlr.v4.runtime.ParserRuleContext;

/** Reads what the rows of the result look like: items, groups and order. */
final class Shape {
    private static final int ITEMS_MAX = 500;
    private static final int KEYS_MAX = 32;

    private final TermReader terms;
    private final Names names;
    private final List<Relation> relations;
    private final Words words;
    private final ColumnNames columns = new ColumnNames();
    private final List<Item> items = new ArrayList<>();
    private final List<ParserRuleContext> trees = new ArrayList<>();
    /** Where each key of ORDER BY stands. */
    private final List<ParserRuleContext> ordered = new ArrayList<>();

    Shape(TermReader terms, Names names, List<Relation> relations, Words words) {
        this.terms = terms;
        this.names = names;
        this.relations = relations;
        this.words = words;
    }

    List<Item> items(List<SelectedContext> selected) {
        for (SelectedContext tree : selected) {
            if (tree instanceof EverythingContext) {
                relations.forEach(relation -> addAll(relation, tree));
            } else if (tree instanceof EverythingOfContext of) {
                everythingOf(of);
            } else {
                item((SelectedOperandContext) tree);
            }
            if (items.size() > ITEMS_MAX) {
                words.report(tree, ErrorCode.INVALID_LIMIT, "a result has at most " + ITEMS_MAX + " columns");
                break;
            }
        }
        return items;
    }

    private void everythingOf(EverythingOfContext tree) {
        String alias = Words.unquoted(tree.reference().getText());
        Relation relation = names.relation(alias);
        if (relation == null) {
            words.notFound(
                    tree,
                    ErrorCode.NOT_FOUND_COLLECTION,
                    "alias",
                    alias,
                    relations.stream().map(Relation::alias).toList());
        } else {
            addAll(relation, tree);
        }
    }

    private void addAll(Relation relation, ParserRuleContext tree) {
        for (Field field : relation.all()) {
            String name = relation.pattern() == null ? field.name() : relation.alias();
            add(field, name, relation.alias(), tree);
        }
    }

    private void item(SelectedOperandContext tree) {
        Term term = terms.read(tree.operand());
        if (term instanceof Constant) {
            words.report(tree, ErrorCode.INVALID_STATEMENT, "a column of the result is a column or a function of one");
        }
        if (!(term instanceof Value value)) {
            return;
        }
        boolean self =
                tree.operand().column() != null && names.isSelf(tree.operand().column());
        String alias = tree.renamed() != null ? alias(tree.renamed()) : self ? tree.getText() : null;
        if (alias != null) {
            terms.name(alias, value);
        }
        String prefix =
                value instanceof Field field ? relations.get(field.relation()).alias() : "result";
        add(value, alias != null ? alias : defaultName(tree, value), prefix, tree);
    }

    static String alias(RenamedContext tree) {
        return tree.name() != null
                ? Words.name(tree.name())
                : Words.unquoted(tree.reference().getText());
    }

    private static String defaultName(SelectedOperandContext tree, Value value) {
        if (value instanceof Field field) {
            return field.name();
        }
        if (tree.operand().call() == null) {
            return Relation.SCORE;
        }
        String function = TermReader.function(tree.operand().call());
        if (!(value instanceof Aggregate aggregate)) {
            return function;
        }
        String name = aggregate.function().name().toLowerCase(Locale.ROOT);
        return aggregate.of() instanceof Field of ? name + "_" + of.name() : name;
    }

    private void add(Value value, String name, String prefix, ParserRuleContext tree) {
        columns.add(name, value.type(), prefix);
        items.add(new Item(value, columns.list().get(items.size()).name()));
        trees.add(tree);
    }

    List<Value> groupBy(GroupByContext tree) {
        List<Value> groups = new ArrayList<>();
        for (ColumnContext column : tree.column()) {
            Value item = terms.item(column);
            Value value = item != null ? item : terms.column(column);
            if (value instanceof Aggregate || (value != null && value.type() == ValueType.VECTOR)) {
                words.report(column, ErrorCode.INVALID_TYPE, "rows cannot be grouped by \"" + column.getText() + "\"");
            } else if (value != null && !groups.contains(value)) {
                groups.add(value);
            }
        }
        bound(tree, tree.column().size(), "GROUP BY");
        return groups;
    }

    List<Order> orderBy(List<OrderKeyContext> trees) {
        List<Order> orders = new ArrayList<>();
        for (OrderKeyContext tree : trees) {
            Term term = terms.aliased(tree.operand());
            if (term instanceof Constant) {
                words.report(tree, ErrorCode.INVALID_STATEMENT, "rows are ordered by columns, not by a constant");
            } else if (term instanceof Value value && value.type() == ValueType.VECTOR) {
                words.report(tree, ErrorCode.INVALID_TYPE, "a VECTOR has no order: order by a metric of it");
            } else if (term instanceof Value value) {
                Boolean written = tree.DESC() != null ? Boolean.TRUE : tree.ASC() != null ? Boolean.FALSE : null;
                orders.add(new Order(value, written));
                ordered.add(tree);
            }
        }
        if (!trees.isEmpty()) {
            bound(trees.get(0), trees.size(), "ORDER BY");
        }
        return orders;
    }

    private void bound(ParserRuleContext tree, int count, String what) {
        if (count > KEYS_MAX) {
            words.report(tree, ErrorCode.INVALID_LIMIT, what + " has at most " + KEYS_MAX + " keys, got " + count);
        }
    }

    static boolean aggregates(List<Item> items, List<Clause> having, List<Order> orderBy) {
        List<Value> values = new ArrayList<>();
        items.forEach(item -> values.add(item.value()));
        having.forEach(clause -> clause.collect(values));
        orderBy.forEach(order -> values.add(order.value()));
        return values.stream().anyMatch(Aggregate.class::isInstance);
    }

    /**
     * Reports what asks for more than groups, or than distinct rows, have.
     *
     * @param having what HAVING compares, and where
     */
    void check(
            List<Item> selected,
            boolean grouped,
            List<Value> groupBy,
            Map<Value, ParserRuleContext> having,
            List<Order> orderBy,
            boolean distinct) {
        for (int i = 0; i < selected.size() && grouped; i++) {
            Value value = selected.get(i).value();
            if (!(value instanceof Aggregate) && !groupBy.contains(value)) {
                words.report(
                        trees.get(i),
                        ErrorCode.INVALID_STATEMENT,
                        "column \"" + selected.get(i).name() + "\" is neither in GROUP BY nor in an aggregate");
            }
        }
        if (grouped) {
            having.forEach((value, tree) -> checkBehindGroups(value, groupBy, tree, "HAVING"));
        }
        List<Value> results = selected.stream().map(Item::value).toList();
        for (int i = 0; i < orderBy.size(); i++) {
            Value value = orderBy.get(i).value();
            if (grouped) {
                checkBehindGroups(value, groupBy, ordered.get(i), "ORDER BY");
            }
            if (distinct && !results.contains(value)) {
                words.report(
                        ordered.get(i),
                        ErrorCode.INVALID_STATEMENT,
                        "ORDER BY of DISTINCT asks for columns of the result");
            }
        }
        if (distinct && results.stream().anyMatch(value -> value.type() == ValueType.VECTOR)) {
            words.report(trees.get(0), ErrorCode.INVALID_TYPE, "a VECTOR cannot be DISTINCT");
        }
    }

    private void checkBehindGroups(Value value, List<Value> groupBy, ParserRuleContext tree, String clause) {
        if (!(value instanceof Aggregate) && !groupBy.contains(value)) {
            words.report(
                    tree,
                    ErrorCode.INVALID_STATEMENT,
                    clause + " of groups asks for columns of GROUP BY and aggregates, not for "
                            + (value instanceof Field field ? "\"" + field.name() + "\"" : "a score"));
        }
    }
}
