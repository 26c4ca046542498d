package io.millrace.planner.parse;

import io.millrace.planner.parse.PatternReader.Matched;
import io.millrace.planner.plan.Pattern.Binding;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.Step;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code graph.match}. The result has the columns that {@code return} names, a name of the pattern or one of its
 * fields as {@code name.field}; by default every name.
 */
final class MatchResolver implements StepResolver {
    @Override
    public @Nullable ResolvedStep resolve(StepDraft draft, PlanScope scope) {
        JsonObject params = new JsonObject(draft.params(), draft.paramsPath(), draft.problems());
        String text = params.requiredString("pattern");
        List<String> shown = params.strings("return");
        RowLimit limit = scope.limit(params);
        params.finish();
        Matched matched = text == null ? null : scope.pattern(params, "pattern", text, null, null);
        if (matched == null) {
            return null;
        }
        ColumnNames names = new ColumnNames();
        List<Binding> output = new ArrayList<>();
        for (String each : shown.isEmpty() ? List.copyOf(matched.names()) : shown) {
            add(each, matched, params, names, output, draft.id());
        }
        if (names.size() == 0 && draft.problems().isEmpty()) {
            params.add(ErrorCode.INVALID_PLAN, "pattern", "the pattern names nothing that a row could show");
        }
        if (!draft.problems().isEmpty()) {
            return null;
        }
        List<Column> columns = names.list();
        Step step = new Step.GraphMatch(scope.head(draft, columns), matched.pattern(), output, limit);
        return new ResolvedStep(draft.place(), step, Set.of());
    }

    private static void add(
            String shown, Matched matched, JsonObject params, ColumnNames names, List<Binding> output, String step) {
        int dot = shown.indexOf('.');
        String name = dot < 0 ? shown : shown.substring(0, dot);
        String field = dot < 0 ? null : shown.substring(dot + 1);
        boolean known = matched.names().contains(name)
                && (field == null || matched.fields(name).contains(field));
        if (!known) {
            List<String> allowed = new ArrayList<>(matched.names());
            matched.names().forEach(each -> matched.fields(each).forEach(other -> allowed.add(each + "." + other)));
            params.add(Problem.at(
                            ErrorCode.NOT_FOUND_FIELD,
                            params.path("return"),
                            "the pattern has no \"" + JsonObject.shortened(shown) + "\"")
                    .withAllowed(allowed)
                    .withNearest(Nearest.of(shown, allowed)));
            return;
        }
        names.add(shown, matched.type(name, field), step);
        output.add(matched.binding(name, field));
    }
}
