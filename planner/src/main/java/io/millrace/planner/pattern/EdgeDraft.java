package io.millrace.planner.pattern;

import io.millrace.planner.grammar.MillraceParser.EdgeContext;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.predicate.Predicate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A relationship of a pattern while it is resolved. */
final class EdgeDraft {
    final EdgeContext tree;
    final @Nullable String alias;
    /** The types that its edges can be of, as far as is known. */
    List<EdgeType> types;
    /** Whether an edge may point to the right, and whether to the left. */
    final boolean outgoing;

    final boolean incoming;
    int least = 1;
    int most = 1;
    Predicate every = Predicate.ALWAYS;

    EdgeDraft(EdgeContext tree, @Nullable String alias, List<EdgeType> types, boolean outgoing, boolean incoming) {
        this.tree = tree;
        this.alias = alias;
        this.types = types;
        this.outgoing = outgoing;
        this.incoming = incoming;
    }
}
