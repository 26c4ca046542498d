package io.millrace.planner.pattern;

import io.millrace.planner.grammar.MillraceParser.VertexContext;
import io.millrace.protocol.predicate.Predicate;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A vertex of a pattern while it is resolved. */
final class VertexDraft {
    final VertexContext tree;
    final @Nullable String alias;
    /** Whether the statement says which collection it is of. */
    final boolean labelled;
    /** The collections that it can be of, as far as is known. */
    final TreeSet<String> collections;
    /** By collection what its properties ask for. */
    final Map<String, Predicate> filters = new HashMap<>();

    VertexDraft(VertexContext tree, @Nullable String alias, boolean labelled, TreeSet<String> collections) {
        this.tree = tree;
        this.alias = alias;
        this.labelled = labelled;
        this.collections = collections;
    }
}
