package io.millrace.protocol;

/**
 * A question in natural language, the key of a cached plan.
 *
 * @param context what the conversation was about; empty for none
 */
public record Question(String text, String context) {}
