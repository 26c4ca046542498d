package io.millrace.planner.pattern;

import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.plan.Pattern.PatternVertex;
import io.millrace.planner.rule.KeyLookup;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pattern whose names are known, to which conditions can still be added.
 *
 * @param schemas of {@link Pattern#collections}, in their order
 * @param aliases by name, in the order in which they first come
 */
public record ResolvedPattern(Pattern pattern, List<CollectionSchema> schemas, Map<String, PatternAlias> aliases) {
    public ResolvedPattern {
        schemas = List.copyOf(schemas);
        aliases = Collections.unmodifiableMap(new LinkedHashMap<>(aliases));
    }

    /** Returns what the name stands for; null where the pattern has no such name. */
    public @Nullable PatternAlias alias(String name) {
        return aliases.get(name);
    }

    /**
     * Returns the pattern whose vertex, or at least one edge of whose relationship, satisfies {@code predicate} too. Its
     * fields are of those that the alias has, with constants of their types; one that a row or an edge lacks is null.
     */
    public ResolvedPattern and(PatternAlias alias, Predicate predicate) {
        return alias.edge() ? andEdge(alias.place(), predicate) : andVertex(alias.place(), predicate);
    }

    private ResolvedPattern andVertex(int place, Predicate predicate) {
        PatternVertex vertex = pattern.vertices().get(place);
        List<Label> labels =
                vertex.labels().stream().map(label -> and(label, predicate)).toList();
        return with(replaced(pattern.vertices(), place, new PatternVertex(vertex.alias(), labels)), pattern.edges());
    }

    private Label and(Label label, Predicate predicate) {
        Label more = label(schemas.get(label.collection()), label.collection(), predicate);
        return new Label(label.collection(), and(label.filter(), more.filter()), common(label.keys(), more.keys()));
    }

    private static @Nullable List<String> common(@Nullable List<String> first, @Nullable List<String> second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        Set<String> both = new LinkedHashSet<>(first);
        both.retainAll(new HashSet<>(second));
        return List.copyOf(both);
    }

    /** Returns the label of which {@code predicate} holds: where that binds the key, as keys, which need no row. */
    static Label label(CollectionSchema schema, int place, Predicate predicate) {
        List<String> keys = KeyLookup.keys(schema, predicate);
        if (keys == null) {
            return new Label(place, predicate, null);
        }
        boolean whole = schema.fieldIndex(FragmentOperation.ID) < 0 && binds(predicate, Set.of(FragmentOperation.ID));
        Set<String> bound = whole ? Set.of(FragmentOperation.ID) : Set.copyOf(schema.primaryKey());
        List<Predicate> rest = new ArrayList<>();
        addConjuncts(predicate, rest);
        rest.removeIf(conjunct -> binds(conjunct, bound));
        return new Label(place, rest.size() == 1 ? rest.get(0) : new Predicate.And(rest), keys);
    }

    private static void addConjuncts(Predicate predicate, List<Predicate> conjuncts) {
        if (predicate instanceof Predicate.And and) {
            and.operands().forEach(operand -> addConjuncts(operand, conjuncts));
        } else {
            conjuncts.add(predicate);
        }
    }

    /** Returns whether the predicate, or one that it needs, gives one of the fields its values. */
    private static boolean binds(Predicate predicate, Set<String> fields) {
        if (predicate instanceof Predicate.And and) {
            return and.operands().stream().anyMatch(operand -> binds(operand, fields));
        }
        if (predicate instanceof Predicate.Compare compare) {
            return compare.comparison() == Comparison.EQ && fields.contains(compare.field());
        }
        return predicate instanceof Predicate.In in && fields.contains(in.field());
    }

    private ResolvedPattern andEdge(int place, Predicate predicate) {
        PatternEdge edge = pattern.edges().get(place);
        boolean one = edge.least() == 1 && edge.most() == 1;
        PatternEdge narrowed = new PatternEdge(
                edge.alias(),
                edge.hops(),
                one ? and(edge.every(), predicate) : edge.every(),
                one ? edge.any() : and(edge.any(), predicate),
                edge.least(),
                edge.most());
        return with(pattern.vertices(), replaced(pattern.edges(), place, narrowed));
    }

    private ResolvedPattern with(List<PatternVertex> vertices, List<PatternEdge> edges) {
        Pattern narrowed = new Pattern(pattern.collections(), vertices, edges, pattern.touching());
        return new ResolvedPattern(narrowed, schemas, aliases);
    }

    private static <T> List<T> replaced(List<T> list, int place, T element) {
        List<T> copy = new ArrayList<>(list);
        copy.set(place, element);
        return copy;
    }

    static Predicate and(Predicate first, Predicate second) {
        if (first.equals(Predicate.ALWAYS)) {
            return second;
        }
        return second.equals(Predicate.ALWAYS) ? first : new Predicate.And(List.of(first, second));
    }
}
