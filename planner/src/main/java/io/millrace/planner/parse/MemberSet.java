package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.planner.plan.Reading.Members;
import io.millrace.planner.plan.Reading.MembersGiven;
import io.millrace.planner.plan.Reading.MembersOfColumn;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.value.ValueType;
import org.jspecify.annotations.Nullable;

/**
 * The filter of {@code compute.read}: conditions on columns, and beside them {@code member_set}, which names the only keys
 * that rows may have.
 *
 * @param conditions without the set; null where there are none
 * @param set null where there is none
 */
record MemberSet(@Nullable JsonNode conditions, @Nullable JsonObject set) {
    static final String NAME = "member_set";

    static MemberSet of(JsonObject params) {
        JsonNode filter = params.take("filter");
        if (filter == null || !filter.isObject() || !filter.has(NAME)) {
            return new MemberSet(filter, null);
        }
        JsonObject object = params.object("filter");
        ObjectNode conditions = ((ObjectNode) filter).deepCopy();
        conditions.remove(NAME);
        return new MemberSet(conditions, object == null ? null : object.object(NAME));
    }

    /**
     * Returns the keys; null where no set is given, or with problems where it is wrong.
     *
     * @param owner whose keys they are, as errors name it
     */
    @Nullable Members members(ValueType keyType, String owner, PlanScope scope) {
        if (set == null) {
            return null;
        }
        String ref = set.string("ref");
        String field = set.string("field");
        JsonNode ids = set.take("ids");
        boolean wellFormed = set.isObject() && checkForm(set);
        set.finish();
        if (!wellFormed) {
            return null;
        }
        if (ids != null) {
            if (!ids.isArray()) {
                set.wrongType("ids", "an array of ids", ids);
                return null;
            }
            return new MembersGiven(KeySets.keys(set, ids, keyType, owner, scope));
        }
        ResolvedStep step = scope.step(ref);
        if (step == null || field == null) {
            return null;
        }
        int place = KeySets.column(set, field, step, "a member");
        return place < 0 ? null : new MembersOfColumn(step.place(), place);
    }

    private static boolean checkForm(JsonObject set) {
        if (set.has("ref") == set.has("ids")) {
            set.add(ErrorCode.INVALID_PLAN, "ref", "a member set needs \"ref\" and \"field\", or \"ids\"");
            return false;
        }
        if (set.has("ref") && !set.has("field")) {
            set.add(ErrorCode.INVALID_PLAN, "field", "\"field\" is missing");
            return false;
        }
        if (set.has("ids") && set.has("field")) {
            set.add(ErrorCode.INVALID_PLAN, "field", "\"field\" has no meaning beside \"ids\"");
            return false;
        }
        return true;
    }
}
