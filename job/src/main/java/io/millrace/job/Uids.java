package io.millrace.job;

/** The uids of all operators: savepoints find state by them. Append only; never rename or use one again. */
final class Uids {
    static final String EVENTS = "events";
    static final String REQUESTS = "requests";
    static final String CONTROL = "control";
    static final String ROUTE_MUTATION = "route-mutation";
    static final String READ_REQUEST = "read-request";
    static final String LOOP_HEAD = "fragment-loop-head";
    static final String LOOP_TAIL = "fragment-loop-tail";
    static final String PLAN_REQUEST = "plan-request";
    static final String COORDINATE_PLAN = "coordinate-plan";
    static final String RUN_FRAGMENT = "run-fragment";
    static final String RESPONSES = "responses";
    static final String SIDE_RECORDS = "side-records";
    static final String LOOP_END = "fragment-loop-end";
    static final String STATISTICS = "statistics";

    private Uids() {}
}
