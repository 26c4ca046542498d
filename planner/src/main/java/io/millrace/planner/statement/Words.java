package io.millrace.planner.statement;

import io.millrace.planner.grammar.MillraceParser.NameContext;
import io.millrace.planner.grammar.MillraceParser.TypeContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.value.ValueType;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/** Reads names and types, and reports what is wrong with them where it stands. */
public final class Words {
    /** What a name may be, quoted or not. Names are case-sensitive. */
    private static final Pattern NAME = Pattern.compile("[\\p{L}_@][\\p{L}\\p{N}_.@-]{0,127}");

    private static final List<String> TYPES =
            Arrays.stream(ValueType.values()).map(Enum::name).toList();

    private final List<Problem> problems;

    public Words(List<Problem> problems) {
        this.problems = problems;
    }

    public List<Problem> problems() {
        return problems;
    }

    /** Returns the name of something that is to be created. */
    String newName(NameContext tree) {
        String name = name(tree);
        if (!NAME.matcher(name).matches()) {
            String shown = name.length() > 32 ? name.substring(0, 32) + "…" : name;
            report(
                    tree,
                    ErrorCode.INVALID_NAME,
                    "a name has 1 to 128 letters, digits, _, -, . and @ and starts with a letter, _ or @, got \""
                            + shown + "\"");
        }
        return name;
    }

    public static String name(NameContext tree) {
        return unquoted(tree.getText());
    }

    /** Returns the name that a word, perhaps in double quotes, stands for. */
    public static String unquoted(String text) {
        return text.startsWith("\"") ? text.substring(1, text.length() - 1).replace("\"\"", "\"") : text;
    }

    /** Returns a field of the type; null with a problem where there is no such type. */
    @Nullable Field field(String name, TypeContext tree) {
        String typeName = tree.word().getText();
        ValueType type = ValueType.parse(typeName).orElse(null);
        if (type == null) {
            problems.add(at(tree, ErrorCode.INVALID_TYPE, "unknown type \"" + typeName + "\"")
                    .withAllowed(TYPES)
                    .withNearest(Nearest.of(typeName, TYPES)));
            return null;
        }
        if (type != ValueType.VECTOR && tree.INTEGER() == null) {
            return new Field(name, type);
        }
        if (type != ValueType.VECTOR) {
            report(tree, ErrorCode.INVALID_TYPE, "a " + type + " has no dimension");
            return null;
        }
        int dimension = dimension(tree);
        if (dimension < 1 || dimension > Field.DIMENSION_MAX) {
            report(
                    tree,
                    ErrorCode.INVALID_DIMENSION,
                    "a VECTOR needs a dimension from 1 to " + Field.DIMENSION_MAX + ", as in VECTOR(384)");
            return null;
        }
        return new Field(name, type, dimension);
    }

    private static int dimension(TypeContext tree) {
        String digits = tree.INTEGER() == null ? "" : tree.INTEGER().getText();
        return digits.isEmpty() || digits.length() > 6 ? 0 : Integer.parseInt(digits);
    }

    public void notFound(
            ParserRuleContext tree, ErrorCode code, String kind, String name, Collection<String> existing) {
        problems.add(at(tree, code, "there is no " + kind + " \"" + name + "\"")
                .withAllowed(existing.stream().limit(100).toList())
                .withNearest(Nearest.of(name, existing)));
    }

    public void report(ParserRuleContext tree, ErrorCode code, String message) {
        problems.add(at(tree, code, message));
    }

    /** Reports a problem at its place. */
    public void add(ParserRuleContext tree, Problem problem) {
        problems.add(problem.withDetail(place(tree)));
    }

    public static Problem at(ParserRuleContext tree, ErrorCode code, String message) {
        return Problem.at(code, StatementParser.PATH, message).withDetail(place(tree));
    }

    private static String place(ParserRuleContext tree) {
        return "line " + tree.getStart().getLine() + ", column "
                + (tree.getStart().getCharPositionInLine() + 1);
    }
}
