package io.millrace.inference;

import java.util.List;

/** Answers messages with a text. Safe for use by several threads. */
public interface ChatModel {
    /** Returns what it is, for people: the model, and where it runs. */
    String name();

    /**
     * Returns the model's next message. Blocks; an interrupt ends it.
     *
     * @throws InferenceException if there is none
     */
    String complete(List<ChatMessage> messages) throws InferenceException, InterruptedException;
}
