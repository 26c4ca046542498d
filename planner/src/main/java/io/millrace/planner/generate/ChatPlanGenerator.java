package io.millrace.planner.generate;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.inference.ChatMessage;
import io.millrace.inference.ChatModel;
import io.millrace.inference.InferenceException;
import io.millrace.planner.plan.PlanSource;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Question;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks a chat model for a plan; where the plan is wrong, once more with what is wrong with it.
 *
 * <p>A model that is wrong twice is PLAN_REQUIRED, and behind that what was wrong with its last plan. A question that is too
 * long is INVALID_LIMIT, and not sent.
 */
public final class ChatPlanGenerator implements PlanGenerator {
    /** Characters of a question's text. */
    static final int QUESTION_CHARS_MAX = 8_192;
    /** Characters of a question's context. */
    static final int CONTEXT_CHARS_MAX = 32_768;
    /** Problems of a plan that the model, or the sender of the question, is told. */
    static final int PROBLEMS_MAX = 20;

    private static final int TRIES = 2;

    private final ChatModel model;

    public ChatPlanGenerator(ChatModel model) {
        this.model = model;
    }

    @Override
    public String name() {
        return model.name();
    }

    @Override
    public JsonNode generate(PlanTask task) throws InferenceException, MillraceException, InterruptedException {
        checkLength("text", task.question().text(), QUESTION_CHARS_MAX);
        checkLength("context", task.question().context(), CONTEXT_CHARS_MAX);
        List<ChatMessage> messages = new ArrayList<>(PlanPrompt.first(task));
        for (int left = TRIES; ; left--) {
            String answer = model.complete(messages);
            try {
                return checked(PlanAnswer.read(answer), task);
            } catch (MillraceException wrong) {
                List<Problem> problems =
                        wrong.problems().stream().limit(PROBLEMS_MAX).toList();
                if (left == 1) {
                    throw new MillraceException(refusal(task.question(), problems));
                }
                messages.addAll(PlanPrompt.again(answer, problems));
            }
        }
    }

    private static JsonNode checked(JsonNode plan, PlanTask task) throws MillraceException {
        List<Problem> problems = task.check().problems(plan);
        if (!problems.isEmpty()) {
            throw new MillraceException(problems);
        }
        return plan;
    }

    private static void checkLength(String name, String value, int charsMax) throws MillraceException {
        if (value.length() > charsMax) {
            throw new MillraceException(Problem.at(
                    ErrorCode.INVALID_LIMIT,
                    "$.question." + name,
                    "\"" + name + "\" of a question that a plan is generated for has at most " + charsMax
                            + " characters, got " + value.length()));
        }
    }

    private static List<Problem> refusal(Question question, List<Problem> problems) {
        List<Problem> all = new ArrayList<>();
        all.add(Problem.at(
                        ErrorCode.PLAN_REQUIRED,
                        "$.question",
                        "no right plan could be generated for \"" + shortened(question.text()) + "\" in " + TRIES
                                + " tries")
                .withHint("send the question together with a plan, or ask it in other words"));
        problems.forEach(problem -> all.add(PlanSource.GENERATED.mark(problem)));
        return all;
    }

    private static String shortened(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "…";
    }
}
