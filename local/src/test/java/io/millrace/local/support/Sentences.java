package io.millrace.local.support;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A hundred short sentences about ten things. */
public final class Sentences {
    private static final Map<String, List<String>> TOPICS = new TreeMap<>(Map.of(
            "astronomy", List.of("a telescope", "the rings of Saturn", "a distant galaxy", "the phases of the moon"),
            "baking", List.of("a loaf of rye bread", "sourdough starter", "a chocolate cake", "puff pastry"),
            "banking", List.of("a savings account", "a mortgage", "an overdrawn credit card", "interest rates"),
            "cycling", List.of("a flat bicycle tyre", "a mountain bike", "the rusty chain of a bike", "a cycle race"),
            "dentistry", List.of("a tooth ache", "a filling", "wisdom teeth", "braces for children"),
            "gardening", List.of("tomato seedlings", "pruning roses", "compost", "slugs in the lettuce"),
            "music", List.of("a violin concerto", "an out of tune piano", "a jazz drummer", "a choir of altos"),
            "sailing", List.of("a torn sail", "an anchor", "a leaking boat", "tides and harbours"),
            "software", List.of("a null pointer exception", "a slow database query", "a failing unit test", "a merge"),
            "weather", List.of("a thunderstorm", "a week of snow", "a heat wave", "fog in the valley")));
    private static final List<String> FORMS =
            List.of("How to deal with %s", "A short story about %s", "Everything one should know of %s");

    private Sentences() {}

    /** Returns them by key. */
    public static Map<String, String> all() {
        Map<String, String> all = new TreeMap<>();
        TOPICS.forEach((topic, things) -> {
            List<String> sentences = new ArrayList<>();
            things.forEach(thing -> FORMS.forEach(form -> sentences.add(form.formatted(thing))));
            for (int i = 0; i < 10; i++) {
                all.put(topic + "-" + i, sentences.get(i));
            }
        });
        return all;
    }
}
