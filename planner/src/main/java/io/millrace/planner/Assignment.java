package io.millrace.planner;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.planner.grammar.MillraceParser.AssignContext;
import io.millrace.planner.grammar.MillraceParser.ValueContext;
import io.millrace.planner.grammar.MillraceParser.WordContext;
import io.millrace.planner.parse.Parameters;
import io.millrace.planner.parse.SearchDefaults;
import io.millrace.planner.plan.PlannedRequest.Answer;
import io.millrace.planner.statement.StatementParser;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Request;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** SET: a setting for the requests of a session; DEFAULT takes it back. */
final class Assignment {
    private static final int DIGITS_MAX = 32;
    private static final List<Column> COLUMNS =
            List.of(new Column("setting", ValueType.STRING), new Column("value", ValueType.STRING));

    private final Request request;
    private final SearchDefaults defaults;
    private final Words words = new Words(new ArrayList<>());

    Assignment(Request request, SearchDefaults defaults) {
        this.request = request;
        this.defaults = defaults;
    }

    Answer answer(AssignContext tree) {
        SessionSettings.Setting setting = read(tree);
        if (setting == null) {
            return Answer.errors(words.problems());
        }
        JsonNode value = setting.value();
        Object[] row = {setting.name(), value == null ? null : value.asText()};
        return Answer.table(new ResultTable(COLUMNS, List.<Object[]>of(row), false));
    }

    /** Returns what the text sets; null where it is wrong. */
    SessionSettings.@Nullable Setting setting(String text) {
        try {
            AssignContext tree = StatementParser.parse(text).assign();
            return tree == null ? null : read(tree);
        } catch (MillraceException e) {
            return null; // The answer says why.
        }
    }

    private SessionSettings.@Nullable Setting read(AssignContext tree) {
        String name = tree.word().stream()
                .map(WordContext::getText)
                .collect(Collectors.joining("."))
                .toLowerCase(Locale.ROOT);
        if (request.sessionId() == null) {
            words.problems()
                    .add(Words.at(
                                    tree,
                                    ErrorCode.INVALID_REQUEST,
                                    "SET holds for a session: the request has no session_id")
                            .withHint("send \"session_id\", or say it of one request in \"options\""));
            return null;
        }
        boolean reset = tree.value().getText().equalsIgnoreCase("default");
        JsonNode value = reset ? JsonNodeFactory.instance.nullNode() : value(tree.value());
        if (value == null) {
            return null;
        }
        List<Problem> problems = new ArrayList<>();
        RequestOptions.read(Map.of(name, value), defaults, problems);
        problems.forEach(problem -> words.add(tree, problem.withPath(StatementParser.PATH)));
        return problems.isEmpty() ? new SessionSettings.Setting(name, reset ? null : value) : null;
    }

    private @Nullable JsonNode value(ValueContext tree) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        String text = tree.getText();
        if (tree.PARAMETER() != null) {
            JsonNode value = request.parameters().get(text.substring(1));
            if (value == null || !value.isValueNode()) {
                words.add(
                        tree,
                        Parameters.missing(
                                text.substring(1), value, request.parameters().keySet(), StatementParser.PATH));
                return null;
            }
            return value;
        }
        if (tree.STRING() != null) {
            return json.textNode(text.substring(1, text.length() - 1));
        }
        boolean number = tree.INTEGER() != null || tree.DECIMAL() != null;
        return number && text.length() <= DIGITS_MAX ? json.numberNode(new BigDecimal(text)) : json.textNode(text);
    }
}
