package io.millrace.planner.explain;

/** What a node of an explained plan does. */
public enum NodeKind {
    /** Shards find the rows whose vectors score best. */
    VECTOR_SEARCH("VectorSearch", "ann"),
    /** Searches by several vectors. */
    FUSED_SEARCH("FusedSearch", "ann"),
    /** Searches across vectors and graph. */
    CROSS_STORE_SEARCH("CrossStoreSearch", "hybrid"),
    /** Finds the paths of a pattern. */
    MATCH_TRAVERSAL("MatchTraversal", "graph"),
    /** Walks breadth first. */
    GRAPH_TRAVERSE("GraphTraverse", "graph"),
    /** Shards read rows. */
    DOCUMENT_SCAN("DocumentScan", "plan"),
    /** Reads what shards compute. */
    COMPUTE_READ("ComputeRead", "plan"),
    FILTER("Filter", "plan"),
    JOIN("Join", "plan"),
    AGGREGATE("Aggregate", "plan"),
    TIMELINE("Timeline", "plan"),
    SORT("Sort", "plan"),
    LIMIT("Limit", "plan"),
    OFFSET("Offset", "plan"),
    /** Joins ranked lists into one. */
    FUSION("Fusion", "plan"),
    /** Asks every shard. */
    SHARD_FAN_OUT("ShardFanOut", "plan"),
    /** Puts the rows of shards together. */
    MERGE("Merge", "plan"),
    /** Steps one after the other, or at once where none waits for another. */
    SEQUENCE("Sequence", "plan");

    private final String text;
    private final String tag;

    NodeKind(String text, String tag) {
        this.text = text;
        this.tag = tag;
    }

    /** Returns its name in a tree. */
    public String text() {
        return text;
    }

    /** Returns what its log lines begin with, in brackets. */
    String tag() {
        return tag;
    }
}
