package io.millrace.operators.query;

/** Why a scenario of openCypher cannot be put into our language. */
enum TckReason {
    OUTLINE("the scenario is a template whose cases the data file does not have"),
    SETUP("its graph is made by more than CREATE"),
    MANY_LABELS("a node has several labels, and a row is of one collection"),
    TYPES("a property has values of several types, and a field has one"),
    SEVERAL_CLAUSES("a query is one MATCH, not several clauses"),
    SEVERAL_CHAINS("a pattern is one chain, without commas"),
    PATH("a path has no name and is no value"),
    LABEL_PREDICATE("a label stands in the pattern, not in WHERE"),
    EDGE_LIST("the edges of a relationship of several are no value"),
    EXPRESSION("WHERE and RETURN have no such expression"),
    LENGTH("a relationship without an upper bound may have more edges here than a path may");

    final String text;

    TckReason(String text) {
        this.text = text;
    }

    Exception exception() {
        return new Exception(this);
    }

    /** Says that a scenario cannot be expressed. */
    static final class Exception extends java.lang.Exception {
        final TckReason reason;

        Exception(TckReason reason) {
            super(reason.text);
            this.reason = reason;
        }
    }
}
