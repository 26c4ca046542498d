package io.millrace.protocol;

/** How often tests of random input try: little on every build, more with {@code -Dmillrace.test.rounds=20}. */
public final class Rounds {
    private static final int FACTOR = Integer.getInteger("millrace.test.rounds", 1);

    private Rounds() {}

    /** Returns {@code usual}, times the factor that was asked for. */
    public static int of(int usual) {
        return usual * FACTOR;
    }
}
