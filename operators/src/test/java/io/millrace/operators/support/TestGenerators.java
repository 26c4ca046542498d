package io.millrace.operators.support;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.generate.PlanGenerator;
import io.millrace.planner.generate.PlanGeneratorFactory;
import io.millrace.planner.generate.PlanGeneratorSettings;
import io.millrace.planner.generate.PlanTask;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Makes a generator of one plan for all questions, or of problems, that answers as many calls as the test lets it. */
public final class TestGenerators implements PlanGeneratorFactory {
    private static final Semaphore CALLS = new Semaphore(0);
    private static final List<String> ASKED = Collections.synchronizedList(new ArrayList<>());
    private static volatile @Nullable JsonNode plan;
    private static volatile @Nullable Problem problem;

    /** Begins anew: every call is answered with a scan. */
    public static void reset() {
        CALLS.drainPermits();
        CALLS.release(1_000_000);
        ASKED.clear();
        plan(Examples.SCAN);
    }

    /** Lets so many more calls be answered, and no other. */
    public static void allow(int calls) {
        CALLS.drainPermits();
        CALLS.release(calls);
    }

    /** Makes this the plan for every question; it is written with single quotes. */
    public static void plan(String text) {
        plan = Examples.json(text);
        problem = null;
    }

    public static void fail(Problem with) {
        problem = with;
    }

    /** Returns the questions that were asked since {@link #reset}. */
    public static List<String> asked() {
        return List.copyOf(ASKED);
    }

    /** Returns settings by which one question is asked at a time. */
    public static PlanGeneratorSettings settings(int waitingMax) {
        return new PlanGeneratorSettings("test", null, null, null, 10_000, 0, 1, waitingMax, 100);
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public PlanGenerator open(PlanGeneratorSettings settings) {
        return new PlanGenerator() {
            @Override
            public String name() {
                return "one plan, when the test lets it";
            }

            @Override
            public JsonNode generate(PlanTask task) throws MillraceException, InterruptedException {
                ASKED.add(task.question().text());
                CALLS.acquire();
                Problem why = problem;
                JsonNode made = plan;
                if (why != null || made == null) {
                    throw new MillraceException(why);
                }
                return made;
            }
        };
    }
}
